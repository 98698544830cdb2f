"""Uses the client that openapi-generator generates. Arguments: its folder, the gateway's address."""

import sys

sys.path.insert(0, sys.argv[1])
import openapi_client as generated
from openapi_client.exceptions import BadRequestException

ROW = [1.0, 0.0, 0.0, 0.0]
NAMES = ["sepal_length", "sepal_width", "petal_length", "petal_width"]
client = generated.ApiClient(generated.Configuration(host=sys.argv[2]))
predict = generated.PredictApi(client).predict
record = generated.RecordApi(client)


def of_row(features, **more):
    row = generated.PredictRowRequest(features=generated.FeatureRow(features), **more)
    return generated.PredictRequest(row)


one = predict(of_row(ROW, user="user-17"), x_request_id="order-4711").actual_instance
assert one.var_class == "versicolor" and one.probability == [0, 1, 0] and one.route == "sticky", one
named = predict(of_row(dict(zip(NAMES, ROW)))).actual_instance
assert named.prediction == 1, named
instances = [generated.FeatureRow(row) for row in (ROW, [2.0, 0.0, 0.0, 0.0])]
batch = predict(generated.PredictRequest(generated.PredictBatchRequest(instances=instances))).actual_instance
assert [row.prediction for row in batch.predictions] == [1, 2], batch
try:
    predict(of_row([1.0]))
    raise AssertionError("a row of one number was not refused")
except BadRequestException as refused:
    assert refused.status == 400 and "features" in refused.data.detail, refused

item = generated.FeedbackItem(prediction_id=one.prediction_id, actual=generated.ActualClass("versicolor"))
feedback = record.give_feedback(generated.FeedbackRequest(item)).feedback[0]
assert feedback.correct and feedback.counted == "new", feedback
assert record.get_prediction(one.prediction_id).actual == "versicolor"
versions = {version.version: version for version in record.get_performance().versions}
accuracy = versions[one.model_version].accuracy
assert accuracy.value == 1 and len(accuracy.interval) == 2, accuracy

tensor = generated.InferTensor(name="features", shape=[1, 4], datatype="FP64", data=ROW)
answer = generated.OpenInferenceApi(client).infer("iris", generated.InferRequest(inputs=[tensor]))
assert [output.data for output in answer.outputs] == [[1], [0, 1, 0]], answer
assert generated.TrafficApi(client).get_config().weights["v1"] == 50
assert generated.OperationApi(client).get_readiness().status == "ready"
assert [feature.actual_instance.name for feature in generated.VersionsApi(client).get_model_info().features] == NAMES
print("predicted", one.prediction_id)
