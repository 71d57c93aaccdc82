# The compiler settings that node-gyp would take from the headers of Node.js. An addon of Node-API needs no more.
{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': { 'Release': {}, 'Debug': {} },
    'cflags': ['-pthread', '-w'],
    'cflags_cc': ['-O2', '-std=gnu++17'],
    'ldflags': ['-pthread'],
  },
}
