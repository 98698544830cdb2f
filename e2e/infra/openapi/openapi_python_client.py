"""Uses the client that openapi-python-client generates. Arguments: its folder, the gateway's address."""

import sys

sys.path.insert(0, sys.argv[1])
from coppice_gateway_client import Client
from coppice_gateway_client.api.open_inference import infer
from coppice_gateway_client.api.operation import get_readiness
from coppice_gateway_client.api.predict import predict
from coppice_gateway_client.api.record import get_performance, get_prediction, give_feedback
from coppice_gateway_client.api.traffic import get_config
from coppice_gateway_client.api.versions import get_model_info
from coppice_gateway_client.models import (
    FeatureRowType1,
    FeedbackItem,
    InferRequest,
    InferTensor,
    PredictBatchRequest,
    PredictRowRequest,
    Problem,
)

ROW = [1.0, 0.0, 0.0, 0.0]
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
client = Client(base_url=sys.argv[2])

one = predict.sync(client=client, body=PredictRowRequest(features=ROW, user="user-17"), x_request_id="order-4711")
assert one.class_ == "versicolor" and one.probability == [0, 1, 0] and one.route == "sticky", one
named = predict.sync(client=client, body=PredictRowRequest(features=FeatureRowType1.from_dict(dict(zip(NAMES, ROW)))))
assert named.prediction == 1, named
batch = predict.sync(client=client, body=PredictBatchRequest(instances=[ROW, [2.0, 0.0, 0.0, 0.0]]))
assert [row.prediction for row in batch.predictions] == [1, 2], batch
refused = predict.sync(client=client, body=PredictRowRequest(features=[1.0]))
assert isinstance(refused, Problem) and refused.status == 400, refused

feedback = give_feedback.sync(
    client=client, body=FeedbackItem(prediction_id=one.prediction_id, actual="versicolor")
).feedback[0]
assert feedback.correct and feedback.counted == "new", feedback
assert get_prediction.sync(one.prediction_id, client=client).actual == "versicolor"
versions = {version.version: version for version in get_performance.sync(client=client).versions}
accuracy = versions[one.model_version].accuracy
assert accuracy.value == 1 and len(accuracy.interval) == 2, accuracy

tensor = InferTensor(name="features", shape=[1, 4], datatype="FP64", data=ROW)
answer = infer.sync("iris", client=client, body=InferRequest(inputs=[tensor]))
assert [output.data for output in answer.outputs] == [[1], [0, 1, 0]], answer
assert get_config.sync(client=client).weights["v1"] == 50
assert get_readiness.sync(client=client).status == "ready"
assert [feature.name for feature in get_model_info.sync(client=client).features] == NAMES
print("predicted", one.prediction_id)
