// For node --import: SIGINT arrives as soon as a listener is added, before the first step.
const { on } = process;
process.on = function (name, listener) {
  on.call(process, name, listener);
  if (name === 'SIGHUP') process.emit('SIGINT', 'SIGINT');
  return process;
};
