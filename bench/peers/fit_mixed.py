"""Fits scikit-learn's usual pipeline on a mixed table: medians and most frequent words for gaps, one-hot, a forest.

fit_mixed.py TABLE.csv TRAIN_ROWS TREES DEPTH JOBS KINDS: the first rows train, the others test, the last column is the class;
KINDS is JSON, number or word for each column that takes part, by its place. Prints seconds and accuracy as JSON.
"""
import csv
import json
import sys
import time

import numpy as np
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

path, train, trees, depth, jobs, kinds = sys.argv[1:7]
train, trees, depth, jobs, kinds = int(train), int(trees), int(depth), int(jobs), json.loads(kinds)
with open(path, newline="", encoding="utf-8") as file:
    rows = list(csv.reader(file))[1:]
labels = np.array([row[-1] for row in rows])
table = np.empty((len(rows), len(kinds)), dtype=object)
for at, (place, kind) in enumerate(kinds):
    for i, row in enumerate(rows):
        cell = row[place]
        table[i, at] = (float(cell) if kind == "number" else cell) if cell != "" else np.nan
numbers = [at for at, (_, kind) in enumerate(kinds) if kind == "number"]
words = [at for at, (_, kind) in enumerate(kinds) if kind == "word"]
model = make_pipeline(
    ColumnTransformer(
        [
            ("numbers", SimpleImputer(strategy="median"), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"),
                    OneHotEncoder(handle_unknown="ignore", sparse_output=False),
                ),
                words,
            ),
        ]
    ),
    RandomForestClassifier(n_estimators=trees, max_depth=depth, random_state=42, n_jobs=jobs),
)
began = time.perf_counter()
model.fit(table[:train], labels[:train])
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "accuracy": model.score(table[train:], labels[train:])}))
