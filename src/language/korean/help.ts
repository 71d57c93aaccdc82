import type { Table } from '../translate.js';

/** Texts of `gd` alone and of --help. */
export const HELP: Table = {
  // The overview
  'From a difference quotient to a trained MNIST network; gd and gd-train are the same program.':
    '차분 몫에서 MNIST를 학습한 신경망까지. gd와 gd-train은 같은 프로그램입니다.',
  'gd-train <command> --help lists the options of a command, with examples.':
    '명령마다 있는 옵션과 예제는 gd-train <명령> --help로 볼 수 있습니다.',
  'Every command has --json, --quiet, --debug and --lang en|ko. -V prints the version.':
    '모든 명령에 --json, --quiet, --debug, --lang en|ko가 있습니다. 버전은 -V로 출력합니다.',
  Calculus: '미분',
  'The two-layer net': '2층 신경망',
  'Data, checks, speed': '데이터, 검사, 속도',
  'numerical derivative of a function': '함수의 수치 미분',
  'numerical gradient of a function': '함수의 수치 기울기',
  'gradient descent on a function': '함수의 경사 하강법',
  'train the net on MNIST': 'MNIST로 신경망 학습',
  'many runs: rates, sizes, seeds': '여러 번 실행: 학습률, 크기, 시드',
  'make the runs of sweeps elsewhere': 'sweep의 실행을 나눠 맡기',
  'accuracy and confusion matrix': '정확도와 혼동 행렬',
  'the digit in a picture': '그림 속의 숫자',
  'curves, mistakes, a pad to draw on': '학습 곡선, 틀린 이미지, 그림판',
  'for NumPy, ONNX, TensorFlow.js': 'NumPy, ONNX, TensorFlow.js용 내보내기',
  'what the data set holds': '데이터 세트에 든 것',
  'gradient check of engines or files': '엔진이나 파일의 기울기 확인',
  'speed of the engines here': '이 컴퓨터에서 엔진의 속도',
  'which engines work here': '이 컴퓨터에서 되는 엔진',
  'for bash, zsh or fish': 'bash, zsh, fish용 자동 완성',

  // What Commander adds
  'Usage: {COMMAND} [options]': '사용법: {COMMAND} [옵션]',
  'Usage: {COMMAND} [options] {ARGUMENTS}': '사용법: {COMMAND} [옵션] {ARGUMENTS}',
  'Options:': '옵션:',
  'Arguments:': '인수:',
  'display help for command': '도움말을 출력',
  '{text} (choices: {WORDS})': '{text} (선택: {WORDS})',
  'Example: {COMMAND}': '예: {COMMAND}',

  // Options of every command, and of several
  '{text} ({details})': '{text} ({details})',
  'one JSON object on stdout, every digit': '모든 자릿수를 담은 JSON 객체 하나를 stdout으로',
  'results only': '결과만 출력',
  'stack traces': '스택 트레이스 출력',
  'of messages, default by LC_ALL, LC_MESSAGES or LANG': '메시지의 언어, 기본값은 LC_ALL, LC_MESSAGES, LANG에 따름',
  'the four IDX files, raw or .gz': 'IDX 파일 네 개, 원본 또는 .gz',
  '{text} (default: {value})': '{text} (기본값: {value})',
  'MNIST, installed with gd-train': '함께 설치된 MNIST',
  'use these images though the model was trained on others': '모델이 다른 이미지로 학습되었어도 이 이미지를 사용',
  'such as {EXAMPLE}; exit 4 if not met ({NAMES})': '예: {EXAMPLE}. 만족하지 못하면 종료 코드 4 ({NAMES})',
  'train once per seed, such as 0..5 or 0,3,7; mean and standard deviation':
    '시드마다 한 번씩 학습, 예: 0..5 또는 0,3,7. 평균과 표준편차를 출력',
  '{text}: an .svg or .png, or with - or no file as text': '{text}: .svg나 .png 파일로, -이거나 파일이 없으면 터미널에',
  'Redis or Valkey, such as redis://host; user and password best in {VARIABLE}':
    'Redis 또는 Valkey, 예: redis://host. 사용자와 암호는 {VARIABLE} 환경 변수로 주는 것이 안전함',
  'file written by train --save, or last: the net of the last train without --save':
    'train --save로 저장한 파일. last는 --save 없이 마지막으로 학습한 신경망',
  'learning rate': '학습률',
  'hidden units': '은닉 유닛 수',
  'step (default: 1e-4)': '간격 (기본값: 1e-4)',
  'of weights and arithmetic': '가중치와 연산의 정밀도',
  'most threads to use (default: all processors)': '최대 스레드 수 (기본값: 프로세서 전부)',
  'images per mini-batch': '미니배치의 이미지 수',
  'a page with all curves, to open in a browser (HTML)': '모든 곡선이 담긴 페이지, 브라우저에서 열기 (HTML)',
  'which ones, as in 7 or 3,14 or 10..19': '이미지 번호, 예: 7 또는 3,14 또는 10..19',

  // diff
  'function of x (default: "x^2")': 'x의 함수 (기본값: "x^2")',
  'where (default: 3)': '미분할 점 (기본값: 3)',
  'difference quotient, default central': '차분 방법, 기본값 central',
  'error against h from 1e-1 to 1e-50, and what causes it': 'h를 1e-1에서 1e-50까지 바꿀 때의 오차와 그 원인',
  'draw the tangent and the secant, or the sweep': '접선과 할선, 또는 h에 따른 오차를 그림',
  "Without options: the notebook's difference quotients.": '옵션이 없으면 주피터 노트북의 차분 몫을 구합니다.',

  // gradient
  'function of x0, x1 … (default: "x0^2 + x1^2")': 'x0, x1 …의 함수 (기본값: "x0^2 + x1^2")',
  'where (default: 3,4)': '기울기를 구할 점 (기본값: 3,4)',
  "the gradient of a net's loss instead": '함수 대신 신경망 손실의 기울기',
  'its weights, 2 rows of 3': '신경망의 가중치, 3개씩 2행',
  'its input (default: 0.6,0.9)': '신경망의 입력 (기본값: 0.6,0.9)',
  'the right answer (default: 0,0,1)': '정답 레이블 (기본값: 0,0,1)',
  "weights from NumPy's randn instead": '가중치를 NumPy의 randn으로',
  'draw arrows of -grad over contour lines of f': 'f의 등고선 위에 음의 기울기를 화살표로 그림',
  "Without options: the notebook's three points.": '옵션이 없으면 주피터 노트북의 세 점에서 구합니다.',

  // descend
  'where to start (default: -3,4)': '시작점 (기본값: -3,4)',
  'one or several, default sgd': '하나 또는 여럿, 기본값 sgd',
  'learning rate (default: 0.1), or several': '학습률 (기본값: 0.1), 여러 개도 됨',
  'number of steps (default: 100)': '스텝 수 (기본값: 100)',
  'step of the central difference (default: 1e-4)': '중심 차분의 간격 (기본값: 1e-4)',
  'print every point of the path, too': '지나온 모든 점도 출력',
  'draw the path over contour lines of f': 'f의 등고선 위에 경로를 그림',
  "Without options: the notebook's three learning rates. Several optimizers take one rate, or one each.":
    '옵션이 없으면 주피터 노트북의 세 학습률로 실행합니다. 최적화 기법이 여럿이면 학습률은 하나이거나 기법마다 하나입니다.',

  // train
  'learning rate; also --learning-rate': '학습률. --learning-rate로도 씀',
  'iterations in all, resumed ones included; also --steps': '전체 반복 횟수, 이어서 한 것도 포함. --steps로도 씀',
  'the same in epochs: to the nearest whole number of iterations': '반복 횟수를 에폭으로, 가장 가까운 정수로 반올림',
  'images per mini-batch; also --batch-size': '미니배치의 이미지 수. --batch-size로도 씀',
  'seed of weights and mini-batches, as np.random.seed': '가중치와 미니배치의 시드, np.random.seed와 같음',
  'engine that computes the gradient': '기울기를 구하는 엔진',
  'first weights: a standard deviation, xavier or he (default: {VALUE})':
    '가중치 초깃값: 표준편차, xavier 또는 he (기본값: {VALUE})',
  'step of the numerical gradient': '수치 기울기의 간격',
  'of weights and arithmetic; default f64, with tfjs f32': '가중치와 연산의 정밀도, 기본값 f64, tfjs에서는 f32',
  'write the trained net there (safetensors)': '학습한 신경망을 이 파일에 저장 (safetensors)',
  'let --save replace a file of another run without asking': '--save가 다른 실행의 파일을 묻지 않고 덮어씀',
  'without --save: do not keep the net as last until the next run':
    '--save가 없을 때 신경망을 다음 실행까지 last로 남기지 않음',
  'go on with a saved net, or last, with its options unless given anew; saves to it again':
    '저장한 신경망 또는 last에서 이어서 학습. 새로 주지 않은 옵션은 그대로 쓰고, 같은 파일에 저장',
  'loss of every iteration: a JSON object per line, or CSV if the name ends in .csv':
    '반복마다의 손실. 한 줄에 JSON 객체 하나, 이름이 .csv로 끝나면 CSV',
  'a page about the run, to open in a browser (HTML)': '실행 보고서 페이지, 브라우저에서 열기 (HTML)',
  'keep the result there for gd-train sweep --summary': 'gd-train sweep --summary가 읽을 결과를 이 폴더에 남김',
  'show the run in a browser while it goes on; the address is printed':
    '실행하는 동안 브라우저에서 볼 수 있는 페이지의 주소를 출력',
  'iterations between accuracies (default: an epoch)': '정확도를 재는 간격, 반복 횟수 (기본값: 1에폭)',
  'iterations between two saves (default: an epoch)': '저장하는 간격, 반복 횟수 (기본값: 1에폭)',
  'most threads to use; no result depends on it (default: all processors)':
    '최대 스레드 수, 결과는 이와 무관함 (기본값: 프로세서 전부)',

  // sweep and worker
  'learning rates, such as 0.01,0.1,1 or 0.001..1 x7': '학습률, 예: 0.01,0.1,1 또는 0.001..1 x7',
  'first weights: 0.01, xavier, he': '가중치 초깃값: 0.01, xavier, he',
  'engines ({NAMES})': '엔진 ({NAMES})',
  'seeds, such as 0..4 or 0,3,7': '시드, 예: 0..4 또는 0,3,7',
  'only so many of the runs, drawn at random': '모든 조합 대신 무작위로 뽑은 이 개수만 실행',
  'seed of that draw (default: 0)': '뽑기의 시드 (기본값: 0)',
  'keep the results there, a file a run (default: gd-train-runs)':
    '결과를 남길 폴더, 실행마다 파일 하나 (기본값: gd-train-runs)',
  'runs at once (default: one a processor)': '동시에 하는 실행 수 (기본값: 프로세서마다 하나)',
  'print a gd-train train command for every run that is missing': '아직 없는 실행마다 gd-train train 명령을 출력',
  'make no run: show what is there': '실행하지 않고 이미 있는 결과만 표시',
  'order of the table (default: test, best first) ({WORDS})': '표의 순서 (기본값: test, 좋은 것부터) ({WORDS})',
  'draw accuracy against the learning rate': '학습률에 따른 정확도를 그림',
  'runs at once, each on one thread (default: all processors)':
    '동시에 하는 실행 수, 실행마다 스레드 하나 (기본값: 프로세서 전부)',

  // evaluate, predict, report, export
  'PNG, JPEG, WebP, GIF, TIFF, AVIF, PGM, or raw bytes (28 x 28); - for stdin':
    'PNG, JPEG, WebP, GIF, TIFF, AVIF, PGM 또는 원시 바이트(28 x 28). -는 stdin',
  'test images instead, as in 7 or 3,14 or 10..19': '파일 대신 시험 이미지의 번호, 예: 7 또는 3,14 또는 10..19',
  'their IDX files, raw or .gz': '시험 이미지의 IDX 파일, 원본 또는 .gz',
  'draw what the net sees': '신경망이 보는 것을 그림',
  'With --json each result has digit, confidence, probabilities and notes: what makes the answer doubtful, and what':
    '--json의 결과마다 digit, confidence, probabilities, notes가 있습니다. notes는 답이 의심스러운 까닭과,',
  'was left out of the picture (kind, text, and the numbers in the text).':
    '그림에서 제외한 것입니다(kind, text, 그리고 text에 나오는 수).',
  'what train --log wrote: the curves of loss and accuracy come from it':
    'train --log로 기록한 파일. 손실과 정확도 곡선을 여기서 읽음',
  'the page, or - for stdout (default: MODEL-report.html in this folder)':
    '만들 페이지, -는 stdout (기본값: 이 폴더의 MODEL-report.html)',
  'default: as the name of the output ends': '기본값: 출력 이름의 끝에 따름',
  "of the weights, default the model's; tfjs has f32 only": '가중치의 정밀도, 기본값은 모델을 따름. tfjs는 f32뿐임',
  'file to write, - for stdout; for tfjs a new folder': '출력 파일, -는 stdout. tfjs에서는 새 폴더',
  'Images are (N, 784): pixels / 255, row by row, 0 paper and 1 ink. The result is':
    '이미지는 (N, 784): 픽셀 / 255, 행 순서, 0은 종이이고 1은 잉크. 결과는',
  '(N, 10): the probabilities of the digits 0 to 9.': '(N, 10): 숫자 0부터 9까지의 확률.',
  'npz   arrays W1 (784, hidden), b1 (hidden,), W2 (hidden, 10), b2 (10,)':
    'npz   배열 W1 (784, hidden), b1 (hidden,), W2 (hidden, 10), b2 (10,)',
  'onnx  input images, float32; output probabilities, float64 with --precision f64':
    'onnx  입력 images는 float32, 출력 probabilities는 --precision f64이면 float64',
  'tfjs  input hidden_input, output digit, both float32; for TensorFlow.js, and by':
    'tfjs  입력 hidden_input과 출력 digit 모두 float32. TensorFlow.js용이며,',
  'tensorflowjs_converter for tf_keras; Keras 3 does not read it':
    'tensorflowjs_converter를 거치면 tf_keras용. Keras 3는 읽지 못함',

  // data, check, bench, doctor, completion
  'draw images in the terminal': '이미지를 터미널에 그림',
  'the same': '위와 같음',
  'show images of, default test': '보여 줄 이미지, 기본값 test',
  'Without show: sizes, counts and checksums.': 'show가 없으면 크기, 개수, 체크섬을 출력합니다.',
  'gradients to grade: .npz, safetensors, JSON, .npy files, or a folder of these':
    '채점할 기울기: .npz, safetensors, JSON, .npy 파일 또는 그런 파일이 든 폴더',
  "hidden units (default: 100, or the file's)": '은닉 유닛 수 (기본값: 100 또는 파일에 든 값)',
  "images of the mini-batch (default: 100, or the model's)": '미니배치의 이미지 수 (기본값: 100 또는 모델의 값)',
  'draws the weights, then the mini-batch, as np.random.seed (default: 0)':
    'np.random.seed처럼 가중치를, 이어서 미니배치를 뽑음 (기본값: 0)',
  'weights of a saved net, or last, instead; its random stream draws the mini-batch':
    '가중치를 뽑지 않고 저장한 신경망 또는 last에서 가져오고, 그 난수로 미니배치를 뽑음',
  'training images to take instead of a draw: 7 or 3,14 or 0..99':
    '뽑는 대신 쓸 훈련 이미지의 번호: 7 또는 3,14 또는 0..99',
  'step of the differences (default: 1e-4)': '차분의 간격 (기본값: 1e-4)',
  'those to check (default: all) ({WORDS})': '확인할 엔진 (기본값: 전부) ({WORDS})',
  'the naive engine too computes the whole gradient, which takes minutes':
    'naive 엔진도 기울기 전체를 계산, 몇 분 걸림',
  'Without files, all engines are checked against each other. With files, these':
    '파일이 없으면 모든 엔진을 서로 맞춰 봅니다. 파일이 있으면 채점합니다:',
  'are graded: right, or which tensor is wrong, where, and why. Both exit with 0':
    '맞는지, 아니면 어느 텐서가 어디서 왜 틀렸는지. 어느 쪽이든 텐서 네 개가',
  'if all four tensors are right, with 4 if not.': '모두 맞으면 종료 코드 0, 아니면 4입니다.',
  'The weights and the mini-batch of --seed 0 --hidden 100 --batch 100 in NumPy:':
    'NumPy로 만든 --seed 0 --hidden 100 --batch 100의 가중치와 미니배치:',
  'x, t = x_train[mask], t_train[mask]  # pixels / 255, one-hot labels':
    'x, t = x_train[mask], t_train[mask]  # 픽셀 / 255, 원-핫 레이블',
  '...                                  # your gradient: dW1, db1, dW2, db2':
    '...                                  # 여러분의 기울기: dW1, db1, dW2, db2',
  'For a trained net give --model FILE, and its images by --index 0..99':
    '학습한 신경망은 --model FILE로, 그 이미지는 --index 0..99로 주세요.',
  'The file may also hold other weights and images beside the gradient, whose names':
    '기울기와 함께 다른 가중치와 이미지를 파일에 넣어도 됩니다. 그때 기울기의 이름은',
  'then begin with d (or are grads/W1, W1.grad …):': 'd로 시작합니다(또는 grads/W1, W1.grad …):',
  'default all but tfjs': '기본값: tfjs를 뺀 전부',
  'hidden units, one or several numbers (default: 100)': '은닉 유닛 수, 하나 또는 여럿 (기본값: 100)',
  'images per mini-batch, one or several numbers (default: 100)': '미니배치의 이미지 수, 하나 또는 여럿 (기본값: 100)',
  'timed rounds per way, after one to warm up (default: 5)': '한 번 예열한 뒤 시간을 재는 횟수 (기본값: 5)',
  'install what is missing: tfjs-node and its TensorFlow, on Linux x64':
    '없는 것을 설치: tfjs-node와 TensorFlow, Linux x64에서',
  'Exit code: 0 whatever it finds; 1 if --fix failed.': '종료 코드: 결과와 무관하게 0, --fix가 실패하면 1.',
  'which shell': '셸의 종류',
  'zsh:  gd-train completion zsh > ~/.zfunc/_gd-train   (with fpath+=~/.zfunc before compinit in ~/.zshrc)':
    'zsh:  gd-train completion zsh > ~/.zfunc/_gd-train   (~/.zshrc의 compinit 앞에 fpath+=~/.zfunc)',
};
