import { KOREAN } from '#src/language/korean/index.js';
import { takeLanguage } from '#src/language/language.js';
import { translator } from '#src/language/translate.js';
import { narrow, widen } from '#src/language/width.js';

const translate = translator(KOREAN);

test.each([
  [
    'a value may be a sentence',
    'm.st is not a model file of gd-train: it has only 11 bytes',
    'm.st은(는) gd-train의 모델 파일이 아닙니다: 11바이트뿐입니다',
  ],
  [
    'an error may go on',
    'x does not exist: check the path; training goes on without it',
    'x이(가) 없습니다. 경로를 확인하세요. 이것 없이 학습을 계속합니다',
  ],
  ['{PATH} stays as it is', 'a number does not exist: check the path', 'a number이(가) 없습니다. 경로를 확인하세요'],
  ['{n} is a number', '3 runs', '실행 3번'],
  ['{n} is no word', 'my runs', 'my runs'],
  [
    'several mistakes',
    'W1, b1: the sign is wrong; and the pixels are 0 to 255',
    'W1, b1: 부호가 반대입니다; 픽셀이 0부터 255까지입니다',
  ],
  [
    'several conditions',
    'not met: a is 1, expected > 2; b is 3, expected < 1e-4',
    '조건을 만족하지 못했습니다: a = 1, 조건은 > 2; b = 3, 조건은 < 1e-4',
  ],
  ['a sentence of its own', 'Try a smaller learning rate.', '학습률을 줄여 보세요.'],
  ['what no key says', 'It was a bright cold day in April', 'It was a bright cold day in April'],
])('%s', (_, english, korean) => {
  expect(translate(english)).toBe(korean);
});

test('lines and columns stay aligned', () => {
  expect(translate('loss 0.5  test 0.25\n  W1  agree\n')).toBe('손실 0.5  시험 0.25\n  W1  일치\n');
  const lines = ['backprop   works; f64', 'tfjs       fails; f32'].map((line) => widen(translate(line)));
  expect(lines.map((line) => line.indexOf('작'))).toEqual([11, 11]);
  const [red, plain] = ['\u001b[31m', '\u001b[39m'];
  expect(translate(`b2: ${red}right${plain}, within float32`)).toBe(`b2: ${red}정답${plain}, float32의 오차 안`);
});

test('a character of two columns has the length of two', () => {
  for (const text of ['손실', '加algo', 'ひらカタ', '、。（']) expect(narrow(widen(text))).toBe(text);
  expect(['손실', 'loss', '손 a', '⠤●', '加'].map((text) => widen(text).length)).toEqual([4, 4, 4, 2, 2]);
});

test('no input makes it slow', () => {
  const texts = ['a (', 'A. B ', 'x: ', 'a at b: ', 'a in b of c in d ', 'by a; and ', 'start, '];
  for (const text of texts) {
    const long = text.repeat(300) + ')'.repeat(300);
    expect(translate(long)).toContain(')');
  }
}, 10_000);

test('--lang is accepted at any place before --; an unknown language is left to the parser', () => {
  expect(takeLanguage(['--lang', 'ko', 'diff', '--at', '3'])).toEqual({ language: 'ko', words: ['diff', '--at', '3'] });
  expect(takeLanguage(['diff', '--lang=en'])).toEqual({ language: 'en', words: ['diff'] });
  expect(takeLanguage(['a', '--lang', 'ko', '--lang=en'])).toEqual({ language: 'en', words: ['a'] });
  for (const words of [
    ['--lang'],
    ['--lang='],
    ['--lang', 'xx', 'a'],
    ['a', '--', '--lang', 'ko'],
    ['a', '--', '--lang=ko'],
  ]) {
    expect(takeLanguage(words)).toEqual({ language: undefined, words });
  }
});
