"""What the notebooks share: the gateway's answers as values of Python, and its record as tables of pandas."""

import json
import os
import time

import pandas
import requests

GATEWAY_URL = os.environ.get('GATEWAY_URL') or 'http://127.0.0.1:5000'
API_KEY = os.environ.get('API_KEY') or None
# the command that reads and changes the registry, as one types it beside the notebook
REGISTRY_COMMAND = os.environ.get('REGISTRY_COMMAND') or 'npm run registry --'
TRAINING_DATA = os.environ.get('TRAINING_DATA') or '../trainer/data/iris.csv'

# the words of a CSV file's booleans, and the values that the record has
WORDS = {'true': True, 'yes': True, 'y': True, 't': True, '1': True, 'false': False, 'no': False, 'n': False, 'f': False, '0': False}
MISSING = ['', 'NA', 'N/A', 'NaN', 'null', 'None', '?']
TEXTS = ['prediction_id', 'reference', 'user_hash', 'release', 'error']
NAMES = ['model_version', 'assigned', 'route', 'source', 'class', 'actual']


class GatewayError(Exception):
    """The gateway refuses a request, or does not answer; the message has its own words."""


def ask(method, path, *, headers=None, **options):
    """The answer to a request, as `requests` has it. Raises `GatewayError`."""
    headers = {**(headers or {}), **({'X-API-Key': API_KEY} if API_KEY else {})}
    try:
        answer = requests.request(method, GATEWAY_URL + path, headers=headers, timeout=60, **options)
    except requests.RequestException as cause:
        raise GatewayError(f'{GATEWAY_URL} does not answer: start the stack, or set GATEWAY_URL ({cause})') from None
    if not answer.ok:
        hint = ': set API_KEY to one of its API_KEYS' if answer.status_code == 401 else ''
        raise GatewayError(f'{method} {path}: {answer.status_code} {answer.text[:500]}{hint}')
    return answer


def get(path, **query):
    """The JSON answer to a GET request."""
    return ask('GET', path, params=query).json()


def typed(column, feature):
    """A column of values, as the record or a CSV file has them, in the type of its feature in the model card."""
    column = column.astype('object').where(column.notna(), None)
    match feature['kind']:
        case 'number':
            return pandas.to_numeric(column, errors='coerce').astype('float64')
        case 'date':
            return pandas.to_datetime(column, errors='coerce', utc=True, format='ISO8601')
        case 'boolean':
            return column.map(lambda value: WORDS.get(str(value).strip().lower(), pandas.NA)).astype('boolean')
        case _:
            return column.map(lambda value: None if value is None else str(value)).astype('category')


def record(card, since='24h', limit=100_000):
    """
    The newest recorded predictions of a period, at most `limit` and without what people tried on the page: a table of the
    features in the types of `card`, and a table of the answers, with the same index.
    """
    query = {'since': since, 'source': 'api', 'format': 'ndjson', 'limit': limit}
    rows = [json.loads(line) for line in ask('GET', '/predictions', params=query).iter_lines() if line]
    values = pandas.DataFrame([dict(zip(row['feature_names'] or [], row['features'])) for row in rows])
    features = pandas.DataFrame(
        {feature['name']: typed(cells(values, feature['name']), feature) for feature in card['features']}
    )
    columns = ['time', *TEXTS, *NAMES, 'probability', 'latency_ms', 'outcome']
    answers = pandas.DataFrame(rows, columns=columns)
    answers['time'] = pandas.to_datetime(answers['time'], utc=True, format='ISO8601')
    answers[TEXTS] = answers[TEXTS].astype('string')
    answers[NAMES] = answers[NAMES].astype('category')
    answers[['latency_ms', 'outcome']] = answers[['latency_ms', 'outcome']].astype('float64')
    answers['sure'] = answers.pop('probability').map(lambda shares: max(shares) if shares else None).astype('float64')
    right = answers['class'].astype('string') == answers['actual'].astype('string')
    answers['correct'] = right.where(answers['class'].notna()).astype('boolean')
    return features, answers


def cells(values, name):
    """A column, or gaps where no row has it."""
    return values[name] if name in values else pandas.Series(index=values.index, dtype='object')


def read_table(path, card):
    """
    A CSV file with a header: a table of the features of `card` in its types, under their names, and the column of the
    classes. Rows without a class are left out.
    """
    table = pandas.read_csv(path, dtype=str, keep_default_na=False, na_values=MISSING)
    title = {feature['name']: feature.get('header', feature['name']) for feature in card['features']}
    found = {name: name if name in table else header for name, header in title.items()}
    target = card['data']['target']
    missing = [name for name in [*found.values(), target] if name not in table]
    if missing:
        raise ValueError(f"{path} has no column {', '.join(missing)}: the model {card['name']} needs it")
    table = table[table[target].notna()].reset_index(drop=True)
    features = {feature['name']: typed(table[found[feature['name']]], feature) for feature in card['features']}
    return pandas.DataFrame(features), table[target].astype(str)


def as_json(features):
    """Rows of a typed table as `POST /predict` takes them, null for a gap."""
    return json.loads(features.to_json(orient='values', date_format='iso', double_precision=15))


def wait_for(condition, what, minutes=60):
    """Asks `condition` once a second until it answers something, and returns that. Raises `TimeoutError`."""
    end = time.monotonic() + minutes * 60
    while not (found := condition()):
        if time.monotonic() > end:
            raise TimeoutError(f'{what}: not within {minutes} minutes')
        time.sleep(1)
    return found
