"""The stack that Coppice takes the place of: Flask, scikit-learn and prometheus_client, split by weight.

It predicts once per request (labels and shares from one call), keeps no record and watches no drift: the least that
answers the same question. MODELS names the folder of the forests.
"""
import os
import random
import time
from pathlib import Path

import joblib
from flask import Flask, jsonify, request
from prometheus_client import CONTENT_TYPE_LATEST, Counter, Histogram, generate_latest

CLASSES = ["setosa", "versicolor", "virginica"]
WEIGHTS = {"v1": 50, "v2": 50}
models = {version: joblib.load(Path(os.environ["MODELS"]) / f"{version}.joblib") for version in WEIGHTS}

requests_total = Counter("prediction_requests_total", "Prediction requests.")
version_requests = Counter("model_version_requests_total", "Requests by version.", ["version"])
latency = Histogram("prediction_latency_seconds", "Seconds per prediction.", ["version"])

app = Flask(__name__)


@app.get("/ready")
def ready():
    return "ready"


@app.get("/metrics")
def metrics():
    return generate_latest(), 200, {"Content-Type": CONTENT_TYPE_LATEST}


@app.post("/predict")
def predict():
    began = time.perf_counter()
    body = request.get_json()
    rows = body["instances"] if "instances" in body else [body["features"]]
    version = random.choices(list(WEIGHTS), weights=list(WEIGHTS.values()))[0]
    shares = models[version].predict_proba(rows)
    answers = [
        {"prediction": int(label), "class": CLASSES[label], "probability": share.tolist()}
        for label, share in zip(shares.argmax(axis=1), shares)
    ]
    requests_total.inc()
    version_requests.labels(version).inc()
    latency.labels(version).observe(time.perf_counter() - began)
    if "instances" in body:
        return jsonify(predictions=answers, model_version=version)
    return jsonify(**answers[0], model_version=version)
