import type { Table } from '../translate.js';

// Texts that commands and pages share.

/** Notes on photos. */
export const PHOTOS: Table = {
  'unsure: {digits}': '확신 없음: {digits}',
  '{n} ({i} %) or {m} ({j} %)': '{n} ({i}%) 또는 {m} ({j}%)',
  '{n} % of the picture is ink: leave a margin around one digit':
    '그림의 {n}%가 잉크입니다. 숫자 하나 둘레에 여백을 두세요',
  'a third of the picture is ink: leave a margin around one digit':
    '그림의 3분의 1이 잉크입니다. 숫자 하나 둘레에 여백을 두세요',
  'no clear strokes: write with a thinner pen, take the photo in focus':
    '획이 뚜렷하지 않습니다. 더 가는 펜으로 쓰고 초점을 맞춰 찍으세요',
  'the ink touches the edge of the picture: leave a margin': '잉크가 그림의 가장자리에 닿습니다. 여백을 두세요',
  'read inside a frame, circle or sheet; what is around it was left out':
    '테두리나 원, 종이의 안쪽을 읽고 그 둘레는 뺐습니다',
  '{n} long thin line left out': '길고 가는 선 {n}개를 뺐습니다',
  '{n} long thin lines left out': '길고 가는 선 {n}개를 뺐습니다',
  'what touches the edge was left out': '가장자리에 닿는 것을 뺐습니다',
  '{n} separate shapes: crop to one digit': '떨어진 모양이 {n}개입니다. 숫자 하나만 남게 자르세요',
};

/** The picture of a sweep, and its tables. */
export const SWEEP: Table = {
  '{n} run': '실행 {n}번',
  '{n} runs': '실행 {n}번',
  'Test accuracy of {runs}': '{runs}의 시험 정확도',
  'by {name}': '{name}별',
  'standard deviation of the first weights': '가중치 초깃값의 표준편차',
  'test accuracy': '시험 정확도',
  'train accuracy': '훈련 정확도',
  loss: '손실',
  'Means over the seeds, up to {n} runs a point; the bars are one standard deviation.':
    '시드에 대한 평균(점마다 최대 {n}번 실행)입니다. 막대는 표준편차입니다.',
  'The best {n} of {m} combinations.': '조합 {m}개 가운데 가장 좋은 {n}개.',
  'not finite at step {n}': '스텝 {n}에서 유한하지 않음',
  '{n} of {m} not finite at step {i}': '{m}번 중 {n}번 유한하지 않음, 스텝 {i}',
  'not finite': '유한하지 않음',
  'as a map': '히트맵',
  'Mean test accuracy: the stronger the colour, the higher.': '평균 시험 정확도: 색이 진할수록 높습니다.',
};
