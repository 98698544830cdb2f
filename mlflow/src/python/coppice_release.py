"""Answers of a Coppice release in MLflow: what the model server of Coppice answers to the same rows.

MLflow's own loader of ONNX models has no form for two outputs of different width in a data frame, nor for columns [-1, 1].
"""

import json
import math
import os
import re
from datetime import date, datetime, timedelta, timezone

import numpy
import pandas

DTYPES = {
    "tensor(double)": numpy.float64,
    "tensor(float)": numpy.float32,
    "tensor(int64)": numpy.int64,
    "tensor(bool)": numpy.bool_,
    "tensor(string)": numpy.object_,
}
EPOCH = date(1970, 1, 1).toordinal()
YEAR_0 = -719_528
ISO = re.compile(
    r"(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2}(?:\.\d{1,9})?))?(Z|[+-](?:[01]\d|2[0-3]):?[0-5]\d)?)?",
    re.ASCII,
)


def _load_pyfunc(path):
    return Release(path)


class Release:
    """predict takes a data frame with the card's columns and returns prediction (the class's place), class and probability."""

    def __init__(self, path):
        import onnxruntime

        with open(os.path.join(os.path.dirname(path), "model-card.json"), encoding="utf-8") as file:
            card = json.load(file)
        self.features = card["features"]
        self.classes = [one["name"] for one in card["classes"]]
        self.session = onnxruntime.InferenceSession(path, providers=["CPUExecutionProvider"])
        self.inputs = self._bind(self.session.get_inputs())
        outputs = self.session.get_outputs()
        self.label = next(one.name for one in outputs if len(one.shape) == 1)
        self.probability = next(one.name for one in outputs if len(one.shape) == 2)

    def predict(self, data, params=None):
        if not isinstance(data, pandas.DataFrame):
            data = pandas.DataFrame(data, columns=[one["name"] for one in self.features])
        columns = [_column(data, feature) for feature in self.features]
        feeds = {}
        for name, kind, place, rank in self.inputs:
            if place is None:
                feeds[name] = numpy.column_stack(columns).astype(DTYPES[kind])
                continue
            values = columns[place]
            if kind in ("tensor(int64)", "tensor(bool)") and not numpy.all(numpy.isfinite(values)):
                raise ValueError(f"{name} is missing in a row: this model takes no gap there")
            values = values.astype(DTYPES[kind])
            feeds[name] = values if rank == 1 else values.reshape(-1, 1)
        labels, shares = self.session.run([self.label, self.probability], feeds)
        places = [self.classes.index(one) if isinstance(one, str) else int(one) for one in labels]
        return pandas.DataFrame(
            {
                "prediction": numpy.array(places, dtype=numpy.int64),
                "class": [self.classes[place] for place in places],
                "probability": [[float(share) for share in row] for row in shares],
            },
            index=data.index,
        )

    def _bind(self, inputs):
        names = [{one["name"], one.get("header"), f"{one['name']} (feature)"} for one in self.features]

        def place_of(name):
            exact = [at for at, one in enumerate(self.features) if one["name"] == name]
            return next(iter(exact or [at for at, known in enumerate(names) if name in known]), None)

        first = inputs[0]
        width = first.shape[1] if len(first.shape) == 2 else None
        whole = first.type in ("tensor(double)", "tensor(float)") and len(first.shape) == 2
        whole = whole and (width == len(self.features) or not isinstance(width, int))
        if len(inputs) == 1 and (whole or place_of(first.name) is None):
            return [(first.name, first.type, None, 2)]
        return [(one.name, one.type, place_of(one.name), len(one.shape)) for one in inputs]


def _column(data, feature):
    """The values of a feature as its input takes them: missing is NaN or the empty text, a date its days since 1970."""
    name, kind = feature["name"], feature["kind"]
    found = next((known for known in (name, feature.get("header")) if known in data.columns), None)
    values = [None] * len(data) if found is None else [None if _missing(one) else one for one in data[found].tolist()]
    if not feature["nullable"] and None in values:
        raise ValueError(f"{name} is missing in row {values.index(None)}: this model takes no gap there")
    if kind == "category":
        # ONNX Runtime reads a text up to its first NUL
        return numpy.array(["" if one is None else str(one).replace("\0", "\ufffd") for one in values], dtype=object)
    number = _days if kind == "date" else float
    return numpy.array([math.nan if one is None else number(one) for one in values], dtype=numpy.float64)


def _missing(value):
    return value is None or value is pandas.NaT or value is pandas.NA or (isinstance(value, float) and math.isnan(value))


def _days(value):
    """Days since 1970-01-01 of an ISO 8601 date, with a time or without; a time without an offset is UTC."""
    if isinstance(value, datetime):
        moment = value if value.tzinfo else value.replace(tzinfo=timezone.utc)
        return (moment - datetime(1970, 1, 1, tzinfo=timezone.utc)) / timedelta(days=1)
    if isinstance(value, date):
        return float(value.toordinal() - EPOCH)
    parts = ISO.fullmatch(str(value))
    if parts is None:
        raise ValueError(f"{value!r} is no ISO 8601 date, as in 2024-03-31 or 2024-03-31T12:30Z")
    year, month, day, hour, minute, second, zone = parts.groups()
    hour, minute, second = int(hour or 0), int(minute or 0), float(second or 0)
    if hour > 23 or minute > 59 or second >= 60:
        raise ValueError(f"{value!r} is no moment of a day")
    # Python's calendar begins with the year 1, and repeats after 400 years
    days = date(int(year) + 400 if year == "0000" else int(year), int(month), int(day)).toordinal() - EPOCH
    days -= 146_097 if year == "0000" else 0
    offset = 0
    if zone and zone != "Z":
        digits = zone[1:].replace(":", "")
        offset = (int(digits[:2]) * 60 + int(digits[2:])) * (-1 if zone[0] == "-" else 1)
    # in milliseconds first, as JavaScript counts
    found = (days * 86_400_000 + ((hour * 60 + minute - offset) * 60 + second) * 1000) / 86_400_000
    if not YEAR_0 <= found < 2_932_897:
        raise ValueError(f"{value!r} is none of the years 0 to 9999")
    return found
