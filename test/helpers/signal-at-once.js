// node --import this: SIGINT comes as soon as somebody listens for it, before any step is made.
const { on } = process;
process.on = function (name, listener) {
  on.call(process, name, listener);
  if (name === 'SIGHUP') process.emit('SIGINT', 'SIGINT');
  return process;
};
