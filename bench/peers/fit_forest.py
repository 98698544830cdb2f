"""Fits scikit-learn's forest: fit_forest.py TRAIN.csv TEST.csv TREES DEPTH JOBS. Prints seconds and accuracy as JSON."""
import json
import sys
import time

import numpy as np
from sklearn.ensemble import RandomForestClassifier

train, test = (np.loadtxt(path, delimiter=",") for path in sys.argv[1:3])
trees, depth, jobs = map(int, sys.argv[3:6])
forest = RandomForestClassifier(n_estimators=trees, max_depth=depth, random_state=42, n_jobs=jobs)
began = time.perf_counter()
forest.fit(train[:, :-1], train[:, -1])
seconds = time.perf_counter() - began
print(json.dumps({"seconds": seconds, "accuracy": forest.score(test[:, :-1], test[:, -1])}))
