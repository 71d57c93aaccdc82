import * as gd from 'gd-train';

test('the library in ten lines, as the README shows it', async () => {
  const data = gd.loadDataset();
  const training = gd.newTraining({ ...gd.DEFAULTS, iterations: 30 }, data.train.inputSize);
  const engine = await gd.openEngine('backprop');
  let accuracy = 0;
  for await (const event of gd.train(training, data, engine)) if (event.type === 'accuracy') accuracy = event.test;
  expect(accuracy).toBeGreaterThan(0.1);
  expect(gd.numericalGradient(([x, y]) => x * x + y * y, Float64Array.of(3, 4))).toHaveLength(2);
  const net = gd.twoLayerNet.create(784, 50, 10, gd.randomStream(0));
  expect(gd.twoLayerNet.predict(net, new Float64Array(784))).toHaveLength(10);
});
