import type { Table } from '../translate.js';
import { PHOTOS, SWEEP } from './pictures.js';

/** Texts that pages share with the commands that write them. */
export const NOTES: Table = {
  '{n} %': '{n}%',
  'The log ends after {iterations}, the model has done {model}.':
    '로그는 {iterations}에서 끝났지만 모델은 {model}번 반복했습니다.',
  'The log ends with a test accuracy of {log}, the model has {model}: is the log of another run, or of other images?':
    '로그의 마지막 시험 정확도는 {log}인데 모델의 시험 정확도는 {model}입니다. 다른 실행이나 다른 이미지의 로그가 아닌지 확인하세요.',
  'The weights of {hidden} hidden units are rounded to {bits} bits to keep the page small.':
    '페이지 크기를 줄이려고 은닉 유닛 {hidden}개의 가중치를 {bits}비트로 반올림했습니다.',
  'With them it gets {page} of the test images right; the model itself gets {model}.':
    '시험 정확도는 반올림한 가중치로 {page}, 원래 모델로 {model}입니다.',
  'a net that was not saved': '저장하지 않은 신경망',
};

/** The pages of report, train --live and sweep. */
export const PAGE: Table = {
  ...NOTES,
  ...SWEEP,
  '{n} iteration': '반복 {n}번',
  '{n} iterations': '반복 {n}번',
  'a {n}': '{n}',
  'an {n}': '{n}',

  // Head and foot
  'gd-train report': 'gd-train 보고서',
  'gd-train, training': 'gd-train 학습 중',
  'A net of {inputs}-{hidden}-{outputs} units after 1 iteration of gradient descent.':
    '{inputs}-{hidden}-{outputs} 구조의 신경망을 경사 하강법으로 한 번 갱신했습니다.',
  'A net of {inputs}-{hidden}-{outputs} units after {count} iterations of gradient descent.':
    '{inputs}-{hidden}-{outputs} 구조의 신경망을 경사 하강법으로 {count}번 갱신했습니다.',
  'A net of {inputs}-{hidden}-{outputs} units.': '{inputs}-{hidden}-{outputs} 구조의 신경망입니다.',
  'Test accuracy': '시험 정확도',
  'Train accuracy': '훈련 정확도',
  'Test mistakes': '틀린 시험 이미지',
  'of {n} unseen images': '학습에 쓰지 않은 {n}장',
  'of {n} images': '전체 {n}장',
  'A run as it goes': '진행 중인 학습',
  'Starting.': '시작하는 중입니다.',
  Stop: '중지',
  Iteration: '반복',
  'of {n}': '전체 {n}번',
  'at the last measurement': '마지막 측정값',
  'Sections of the page': '페이지 목차',
  Draw: '숫자 그리기',
  Curves: '학습 곡선',
  Confusion: '혼동 행렬',
  Mistakes: '틀린 이미지',
  'Hidden units': '은닉 유닛',
  Run: '실행 정보',
  'Charts, pictures and the drawing pad need JavaScript.':
    '그래프와 이미지, 그림판을 보려면 자바스크립트를 켜야 합니다.',
  'Skip to the drawing pad': '그림판으로 건너뛰기',
  'Made by gd-train.': 'gd-train으로 만든 페이지입니다.',
  'This file is complete in itself: it can be kept, sent, and read offline.':
    '필요한 것이 이 파일 하나에 모두 들어 있어, 보관하거나 다른 사람에게 보내거나 오프라인에서 볼 수 있습니다.',
  'Served by gd-train to this computer only, and only while the run lasts.':
    '학습하는 동안 gd-train이 이 컴퓨터에만 제공하는 페이지입니다.',

  // Drawing pad
  'Draw a digit': '숫자 그리기',
  'drawing pad': '그림판',
  'Drawing pad': '그림판',
  Clear: '지우기',
  Undo: '되돌리기',
  'Photo…': '사진 선택',
  'Mouse, finger or pen; or drop or paste a photo.':
    '마우스나 손가락, 펜으로 그리거나, 사진을 끌어다 놓거나 붙여 넣으세요.',
  'Keys: arrows move, Space puts the pen down or up, Delete clears, Ctrl+Z takes back.':
    '키보드로는 방향키로 펜을 움직이고, 스페이스로 펜을 대거나 떼고, Delete로 지우고, Ctrl+Z로 되돌립니다.',
  'What the net sees': '신경망의 입력',
  'Draw, or choose a photo or a test image.': '숫자를 그리거나, 사진 또는 시험 이미지를 고르세요.',
  'Probability of each digit': '숫자별 확률',
  'Or take a test image': '시험 이미지에서 고르기',
  'Test image {index}, {label}': '시험 이미지 {index}번, 정답 {label}',
  "Your digit is scaled and centred as those of MNIST were, a photo is prepared as by gd-train predict, and this page computes the ten probabilities from the net's weights.":
    '그린 숫자는 MNIST와 똑같이 크기와 중심을 맞추고, 사진은 gd-train predict와 똑같이 전처리합니다. 그런 다음 이 페이지가 신경망의 가중치로 열 가지 확률을 계산합니다.',
  'Nothing is sent anywhere.': '어떤 데이터도 외부로 전송하지 않습니다.',
  'Its weights are those of the model, in float32.': '가중치는 모델의 가중치를 float32로 바꾼 것입니다.',
  'It always uses the newest weights.': '항상 최신 가중치로 계산합니다.',

  // Curves
  'How it learned': '학습 곡선',
  'How it learns': '학습 곡선',
  Loss: '손실',
  Accuracy: '정확도',
  'of each mini-batch, in nats': '미니배치별, 단위는 nat',
  'of all images': '전체 이미지',
  '{quantity} by iteration': '반복에 따른 {quantity}',
  'The model file keeps no losses, so there are no curves.':
    '모델 파일에는 손실이 기록되지 않으므로 학습 곡선이 없습니다.',
  'Train with <code>--log FILE</code>, then make this page with <code>gd-train report MODEL --log FILE</code>; or train with <code>--report FILE</code>.':
    '<code>--log FILE</code> 옵션으로 학습한 뒤 <code>gd-train report MODEL --log FILE</code> 명령으로 이 페이지를 만들거나, <code>--report FILE</code> 옵션으로 학습하세요.',
  'The loss went from {first} to {last} by iteration {iteration}.':
    '손실은 처음에 {first}, {iteration}번째 반복에서 {last}입니다.',
  'The line is the mean of neighbouring mini-batches, the band behind it their least and largest.':
    '선은 이웃한 미니배치의 평균을, 띠는 그 최솟값과 최댓값 사이를 나타냅니다.',
  'At the last measurement {train} of the training and {test} of the test images were right.':
    '마지막 측정에서 훈련 이미지는 {train}, 시험 이미지는 {test}를 맞혔습니다.',
  'No accuracy was measured.': '정확도는 측정하지 않았습니다.',

  // Confusion matrix and mistakes
  'What it mixes up': '혼동 행렬',
  'Confusion matrix': '혼동 행렬',
  'Test images by true digit (row) and predicted digit (column).':
    '행은 정답, 열은 예측이고, 값은 시험 이미지의 수입니다.',
  'Choose a number to see its images.': '값을 선택하면 해당하는 이미지를 볼 수 있습니다.',
  predicted: '예측',
  true: '정답',
  '{count} image of {truth}, taken for {predicted}': '정답 {truth}, 예측 {predicted}: 이미지 {count}장',
  '{count} images of {truth}, taken for {predicted}': '정답 {truth}, 예측 {predicted}: 이미지 {count}장',
  '{count} image of {truth}, recognised': '바르게 인식한 {truth}: 이미지 {count}장',
  '{count} images of {truth}, recognised': '바르게 인식한 {truth}: 이미지 {count}장',
  'Each digit, in percent': '숫자별 성능 지표, 단위는 %',
  digit: '숫자',
  precision: '정밀도',
  recall: '재현율',
  support: '이미지 수',
  'macro average': '매크로 평균',
  'Every test image was recognised.': '시험 이미지를 모두 바르게 인식했습니다.',
  'Most often it took {mistakes}.': '가장 잦은 오류(정답→예측): {mistakes}.',
  '{truth} for {predicted} ({n})': '{truth}→{predicted} ({n}장)',
  '{truth} for {predicted} ({n}), {more}': '{truth}→{predicted} ({n}장), {more}',
  'Precision: of the images called a digit, the share that is one.':
    '정밀도는 어떤 숫자로 예측한 이미지 중 실제로 그 숫자인 비율입니다.',
  'Recall: of the images of a digit, the share that was recognised.':
    '재현율은 어떤 숫자의 이미지 중 그 숫자로 바르게 예측한 비율입니다.',
  'F1 is their harmonic mean; support is the number of images.':
    'F1은 정밀도와 재현율의 조화 평균이고, 이미지 수는 그 숫자의 시험 이미지 수입니다.',
  'Where it is sure and wrong': '높은 확률로 틀린 이미지',
  'Every test image is right.': '시험 이미지를 모두 맞혔습니다.',
  'The {shown} most confident of {all} mistakes on the test images, the most confident first.':
    '틀린 시험 이미지 {all}장 중 예측한 숫자의 확률이 가장 높은 {shown}장입니다.',
  'All mistakes on the test images, the most confident first.':
    '틀린 시험 이미지 전부를 예측한 숫자의 확률이 높은 순서로 보여 줍니다.',
  'Choose one to see its probabilities on the drawing pad.':
    '이미지를 선택하면 그림판에서 숫자별 확률을 볼 수 있습니다.',
  'Test image {index}: {label}, taken for {predicted} with probability {probability}':
    '시험 이미지 {index}번: 정답 {label}, 예측 {predicted}, 확률 {probability}',
  'is {label}': '정답 {label}',

  // Hidden units
  'What the hidden units look for': '은닉 유닛이 찾는 모양',
  'Of {all} hidden units the {shown} with the largest outgoing weights: the weights of each, as an image of {size} pixels.':
    '은닉 유닛 {all}개 중 출력층으로 가는 가중치가 가장 큰 {shown}개를 골라, 각 유닛의 가중치를 {size}픽셀 이미지로 나타냈습니다.',
  'The hidden unit: the weights of each, as an image of {size} pixels.':
    '은닉 유닛 하나의 가중치를 {size}픽셀 이미지로 나타냈습니다.',
  'The {hidden} hidden units: the weights of each, as an image of {size} pixels.':
    '은닉 유닛 {hidden}개의 가중치를 각각 {size}픽셀 이미지로 나타냈습니다.',
  "Ink on an orange pixel raises the unit's activation, ink on a blue one lowers it.":
    '주황색 픽셀에 획이 지나가면 유닛의 활성화 값이 커지고, 파란색 픽셀에 지나가면 작아집니다.',
  'Hidden units: weights as pictures, orange positive, blue negative':
    '은닉 유닛의 가중치 그림, 주황색은 양수, 파란색은 음수',

  // Run
  'The run': '실행 정보',
  'Hyper-parameters': '하이퍼파라미터',
  '{n} of {m}': '{m}번 중 {n}번',
  'mini-batch': '미니배치',
  '{n} image': '이미지 {n}장',
  '{n} images': '이미지 {n}장',
  seed: '시드',
  gradient: '기울기',
  'step h': '차분 간격 h',
  'Data and environment': '데이터와 환경',
  images: '이미지',
  '{train} to train, {test} to test, {rows} × {columns}': '훈련 {train}장, 시험 {test}장, {rows} × {columns}',
  'data set': '데이터셋',
  unnamed: '이름 없음',
  'weights SHA-256': '가중치 SHA-256',
  platform: '플랫폼',
  processor: '프로세서',
  'page made': '페이지 생성 시각',

  // Sweep
  'Best: {SETTINGS}.': '가장 좋은 설정: {SETTINGS}',
  Settings: '설정',
  Runs: '실행',
  'mean over {count} of the best setting': '가장 좋은 설정으로 실행한 {count}번의 평균',
  'that differ in more than the seed': '시드만 다르면 같은 설정입니다',
  'in all': '전체',
  'The curves and their filters need JavaScript.': '곡선과 필터를 보려면 자바스크립트를 켜야 합니다.',
  'Skip to the curves': '곡선으로 건너뛰기',
  'The picture': '그림',
  'The curves': '학습 곡선',
  'The settings': '설정',
  'The runs': '실행',
  'Settings, the best first': '좋은 순서로 정렬한 설정',
  'Of {all} runs, the {shown} with the best settings.': '실행 {all}개 중 설정이 가장 좋은 {shown}개입니다.',
  'All {count} runs.': '실행 {count}개 전부입니다.',
  'Choose values, or a run of the table below.': '값을 고르거나 아래 표에서 실행을 선택하세요.',
  'Curves of': '곡선',
  'Coloured by': '색 구분',
  runs: '실행 수',
  std: '표준편차',
  peak: '최고',
  seconds: '시간(초)',
  machine: '컴퓨터',
  'Means over the seeds; peak: the highest test accuracy on the way.':
    '시드에 대한 평균입니다. 최고는 학습 도중 가장 높았던 시험 정확도입니다.',
  'A run each; the button shows its curve.': '한 줄이 실행 하나입니다. 단추를 누르면 그 곡선을 보여 줍니다.',
  'Show the curve of {RUN}': '{RUN}의 곡선 보기',
  show: '보기',

  // The picture of a sweep
  'learning rate': '학습률',
  iterations: '반복 횟수',
  'hidden units': '은닉 유닛 수',
  'images per mini-batch': '미니배치의 이미지 수',
  '{runs}, none of which came to its end.': '{runs} 모두 끝까지 가지 못했습니다.',
  '{runs}; the best mean accuracy on the test images, {accuracy}, has {SETTINGS}.':
    '{runs} 중 평균 시험 정확도가 가장 높은 설정은 {SETTINGS}이고, 정확도는 {accuracy}입니다.',
  'by {name}.': '{name}별.',
  'as a map.': '히트맵.',
  '{SETTINGS}: not finite at step {step}.': '{SETTINGS}: 스텝 {step}에서 유한하지 않음.',
  '{SETTINGS}: {some} of {all} not finite at step {step}.':
    '{SETTINGS}: {all}번 중 {some}번 유한하지 않음, 스텝 {step}.',
};

/** Texts of the pages' scripts. */
export const SCRIPT: Table = {
  ...PHOTOS,
  '{n} %': '{n}%',
  'a {n}': '{n}',
  'an {n}': '{n}',

  // Curves
  iteration: '반복',
  'iteration {iteration}': '반복 {iteration}',
  'iterations {from}–{to}': '반복 {from}–{to}',
  loss: '손실',
  test: '시험',
  train: '훈련',
  '{n} curves': '곡선 {n}개',
  '{n} of {m} runs': '실행 {m}개 중 {n}개',

  // Confusion matrix and hidden units
  '{n} of {IMAGES}': '{IMAGES} 중 {n}장',
  'Test image {index}: {label}, taken for {predicted} with probability {probability}':
    '시험 이미지 {index}번: 정답 {label}, 예측 {predicted}, 확률 {probability}',
  'Point at a unit to see what it votes for.':
    '유닛을 가리키면 어떤 숫자의 점수를 가장 많이 올리고 내리는지 보여 줍니다.',
  'Unit {unit}: most for {most} ({raised}), most against {least} ({lowered})':
    '유닛 {unit}: 가장 많이 올리는 숫자 {most} ({raised}), 가장 많이 내리는 숫자 {least} ({lowered})',

  // Live
  'Training.': '학습하는 중입니다.',
  'No connection to the run: it has ended, or was killed.':
    '실행과의 연결이 끊어졌습니다. 학습이 끝났거나 프로세스가 종료되었습니다.',
  'Stopping after this step.': '이 스텝을 마치고 멈춥니다.',
  'The run ended after {done} of 1 iteration.': '전체 1번 중 {done}번 반복하고 끝났습니다.',
  'The run ended after {done} of {all} iterations.': '전체 {all}번 중 {done}번 반복하고 끝났습니다.',
  'The run ended after {done} of {all} iterations: the loss is no longer finite.':
    '전체 {all}번 중 {done}번 반복하고, 손실이 더는 유한하지 않아 끝났습니다.',

  // Drawing pad
  'Draw, or choose a photo or a test image.': '숫자를 그리거나, 사진 또는 시험 이미지를 고르세요.',
  'The pad is empty.': '그림판이 비어 있습니다.',
  'Pen up, column {column}, row {row} of {steps}': '펜을 뗀 상태, {steps}칸 중 {column}열 {row}행',
  'with probability {probability}': '확률 {probability}',
  'then {n}, {SHARE}': '그다음은 {n}, {SHARE}',
  unsure: '확신 없음',
  '{count} separate shapes: draw one digit': '서로 떨어진 모양이 {count}개입니다. 숫자 하나만 그리세요',
  'This browser cannot read {FILE} as a picture: save it as PNG or JPEG.':
    '브라우저가 {FILE} 파일을 이미지로 읽지 못했습니다. PNG나 JPEG로 저장하세요.',
  'The photo is blank: draw a digit, dark on light or light on dark.':
    '사진이 비어 있습니다. 밝은 바탕에 어둡게, 또는 어두운 바탕에 밝게 숫자를 쓰세요.',
};
