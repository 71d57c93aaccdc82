import { queueAddress } from '#src/sweep/queue.js';

test('a URL becomes host, port, database, user and password; its label has no secrets', () => {
  expect(queueAddress('redis://host')).toEqual({
    label: 'redis://host',
    connection: { host: 'host', port: 6379, db: 0 },
  });
  expect(queueAddress('rediss://us%40er:p%2Fw@10.0.0.1:7000/3')).toEqual({
    label: 'rediss://10.0.0.1:7000/3',
    connection: { host: '10.0.0.1', port: 7000, db: 3, username: 'us@er', password: 'p/w', tls: {} },
  });
  expect(queueAddress('redis://[::1]:7000').connection).toEqual({ host: '::1', port: 7000, db: 0 });
});

test('the environment names the queue, or gives user and password of the same server, and of no other', () => {
  const secret = 'redis://user:secret@host:6380';
  expect(queueAddress(undefined, secret).connection).toMatchObject({
    host: 'host',
    username: 'user',
    password: 'secret',
  });
  expect(queueAddress('redis://host:6380', secret).connection).toMatchObject({ username: 'user', password: 'secret' });
  expect(queueAddress('redis://:own@host:6380', secret).connection).toEqual({
    host: 'host',
    port: 6380,
    db: 0,
    password: 'own',
  });
  for (const other of ['redis://elsewhere:6380', 'redis://host:6381', 'redis://host', 'rediss://host:6380']) {
    expect(queueAddress(other, secret).connection).not.toHaveProperty('password');
  }
  expect(() => queueAddress(undefined)).toThrow('name the queue: --queue redis://host');
  expect(() => queueAddress(undefined, 'host')).toThrow('GD_TRAIN_QUEUE must be redis://host');
});
