# Compiler settings, in place of those in the headers of Node.js. An addon that uses Node-API needs no others.
{
  'target_defaults': {
    'default_configuration': 'Release',
    'configurations': { 'Release': {}, 'Debug': {} },
    'cflags': ['-pthread', '-w'],
    'cflags_cc': ['-O2', '-std=gnu++17'],
    'ldflags': ['-pthread'],
  },
}
