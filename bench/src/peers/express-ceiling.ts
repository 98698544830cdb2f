import express from 'express';

/*
 * The least that an Express 5 app can do with a prediction: parse its JSON and answer a constant of the same form.
 * No gateway on Express can be faster.
 */
const answer = {
  prediction: 0,
  class: 'setosa',
  probability: [1, 0, 0],
  model_version: 'v1',
  route: 'weighted',
  prediction_id: '01990000-0000-7000-8000-000000000000',
};

const app = express();
app.disable('x-powered-by');
app.disable('etag');
app.get('/ready', (_req, res) => {
  res.send('ready');
});
app.post('/predict', express.json(), (_req, res) => {
  res.json(answer);
});
app.listen(Number(process.env.PORT), '127.0.0.1');
