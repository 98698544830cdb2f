"""Trains the mission's two forests (50 and 100 trees) with scikit-learn: train_sklearn.py DATA.csv OUT_DIR."""
import csv
import sys
from pathlib import Path

import joblib
from sklearn.ensemble import RandomForestClassifier

data, out = Path(sys.argv[1]), Path(sys.argv[2])
with data.open() as file:
    header, *rows = list(csv.reader(file))
classes = sorted({row[-1] for row in rows})
features = [[float(value) for value in row[:-1]] for row in rows]
labels = [classes.index(row[-1]) for row in rows]
for version, trees, depth in (("v1", 50, 5), ("v2", 100, 7)):
    forest = RandomForestClassifier(n_estimators=trees, max_depth=depth, random_state=42)
    joblib.dump(forest.fit(features, labels), out / f"{version}.joblib")
