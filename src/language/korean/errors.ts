import type { Table } from '../translate.js';

/** Errors in a command line, a formula, an engine or a training, and their remedies. */
export const ERRORS: Table = {
  // Command lines
  '{message}; see {COMMAND} --help': '{message}. 도움말: {COMMAND} --help',
  "unknown command '{NAME}'": "'{NAME}'은(는) 없는 명령입니다",
  "unknown command '{NAME}'; did you mean gd-train {COMMAND}?":
    "'{NAME}'은(는) 없는 명령입니다. gd-train {COMMAND}을(를) 뜻했나요?",
  "unknown command '{NAME}' (Did you mean {COMMAND}?)": "'{NAME}'은(는) 없는 명령입니다({COMMAND}을(를) 뜻했나요?)",
  "unknown option '{NAME}'": "'{NAME}'은(는) 없는 옵션입니다",
  "unknown option '{NAME}' (Did you mean {OPTION}?)": "'{NAME}'은(는) 없는 옵션입니다({OPTION}을(를) 뜻했나요?)",
  "unknown option '{NAME}' (Did you mean one of {OPTIONS}?)":
    "'{NAME}'은(는) 없는 옵션입니다({OPTIONS} 가운데 하나를 뜻했나요?)",
  "option '{OPTION}' argument missing": "'{OPTION}' 옵션에 값이 없습니다",
  "option '{OPTION}' cannot be used with option '{OTHER}'": "'{OPTION}' 옵션은 '{OTHER}' 옵션과 함께 쓸 수 없습니다",
  "required option '{OPTION}' not specified": "'{OPTION}' 옵션이 꼭 있어야 합니다",
  "missing required argument '{NAME}'": "'{NAME}' 인수가 없습니다",
  "command-argument value '{VALUE}' is invalid for argument '{NAME}'. Allowed choices are {WORDS}; see {COMMAND} --help":
    "'{NAME}' 인수의 값 '{VALUE}'이(가) 올바르지 않습니다. 가능한 값: {WORDS}. 도움말: {COMMAND} --help",
  "too many arguments for '{COMMAND}'. Expected {n} arguments but got {m}":
    "'{COMMAND}'의 인수가 너무 많습니다. {n}개여야 하는데 {m}개입니다",
  "too many arguments for '{COMMAND}'. Expected {n} argument but got {m}":
    "'{COMMAND}'의 인수가 너무 많습니다. {n}개여야 하는데 {m}개입니다",
  '{OPTION} must be {what}, got {value}': '{OPTION}에 쓸 수 있는 값: {what}. 받은 값: {value}',
  '{OPTION} must be {what}; got {value}': '{OPTION}에 쓸 수 있는 값: {what}. 받은 값: {value}',
  'a positive number': '양수',
  'positive numbers separated by commas': '쉼표로 구분한 양수',
  'a number': '수',
  '{value}: write a decimal point, not a comma': '{value}. 소수점은 쉼표가 아니라 점으로 쓰세요',
  'a whole number from {LEAST} to {MOST}': '{LEAST}부터 {MOST}까지의 정수',
  'whole numbers from {LEAST} to {MOST}, such as {EXAMPLE} or {OTHER}':
    '{LEAST}부터 {MOST}까지의 정수, 예: {EXAMPLE} 또는 {OTHER}',
  'numbers separated by commas': '쉼표로 구분한 수',
  '{n} numbers separated by commas': '쉼표로 구분한 수 {n}개',
  'one of {WORDS}': '{WORDS} 가운데 하나',
  '{OPTION} "" names nothing: leave it out, or give a name':
    '{OPTION}의 값이 비어 있습니다. 옵션을 빼거나 이름을 주세요',
  'one or more of {WORDS} separated by commas': '{WORDS} 가운데 하나 이상을 쉼표로 구분',
  'a standard deviation above 0, {FIRST} or {SECOND}': '0보다 큰 표준편차, {FIRST} 또는 {SECOND}',
  '{NAME} must be 0 to {MOST}, as in 7 or 3,14 or 10..19; got {VALUE}':
    '{NAME}에 쓸 수 있는 값: 0부터 {MOST}까지, 예: 7 또는 3,14 또는 10..19. 받은 값: {VALUE}',
  'an image of {PART} must be 0 to {MOST}, as in 7 or 3,14 or 10..19; got {VALUE}':
    '{PART} 이미지의 번호에 쓸 수 있는 값: 0부터 {MOST}까지, 예: 7 또는 3,14 또는 10..19. 받은 값: {VALUE}',
  'a condition such as {EXAMPLE}': '{EXAMPLE} 같은 조건',
  '--expect can compare {NAMES}; got {VALUE}': '--expect로 비교할 수 있는 것: {NAMES}. 받은 값: {VALUE}',
  '--expect must compare with a number, got {VALUE}': '--expect는 수와 비교해야 합니다. 받은 값: {VALUE}',
  '--expect: an accuracy is 0 to 1, got {VALUE}': '--expect: 정확도는 0부터 1까지입니다. 받은 값: {VALUE}',
  'not met: {conditions}': '조건을 만족하지 못했습니다: {conditions}',
  'not met: {NAME} is {value}, expected {OPERATOR} {n}':
    '조건을 만족하지 못했습니다: {NAME} = {value}, 조건은 {OPERATOR} {n}',
  '{NAME} is {value}, expected {OPERATOR} {n}': '{NAME} = {value}, 조건은 {OPERATOR} {n}',
  'not known': '알 수 없음',
  'seeds from 0 to {LARGEST}, each once and at most {MOST}, such as 0..5 or 0,3,7':
    '0부터 {LARGEST}까지의 시드를 겹치지 않게 최대 {MOST}개, 예: 0..5 또는 0,3,7',
  '{OPTION} must have a number for each of {NAMES}: {NEEDED}, got {COUNT}':
    '{OPTION}에는 {NAMES}마다 수가 하나씩 있어야 합니다. 필요한 수: {NEEDED}개, 받은 수: {COUNT}개',
  '{OPTION} has {COUNT} numbers, but {FORMULA} takes {NEEDED}: {NAMES}':
    '{OPTION}의 수는 {COUNT}개인데 {FORMULA}에는 {NEEDED}개가 필요합니다: {NAMES}',
  '{OPTION} has {COUNT} numbers, but {FORMULA} takes {NEEDED}: {NAMES} (a decimal point is meant? write 0.5, not 0,5)':
    '{OPTION}의 수는 {COUNT}개인데 {FORMULA}에는 {NEEDED}개가 필요합니다: {NAMES} (소수점이라면 0,5가 아니라 0.5로 쓰세요)',
  '--plot must name a file that ends in .svg or .png, or be - for the terminal, got "{VALUE}"':
    '--plot에 쓸 수 있는 값: .svg나 .png로 끝나는 파일, 또는 터미널을 뜻하는 -. 받은 값: "{VALUE}"',
  '--plot - and --json both write to stdout: name a file for the plot':
    '--plot -와 --json이 모두 stdout으로 출력합니다. 그림을 저장할 파일 이름을 주세요',

  // Options that do not fit together
  '"{FORMULA}" has {n} variables: use gd gradient for it': '"{FORMULA}"의 변수가 {n}개입니다. gd gradient를 쓰세요',
  '--plot draws the error, but {FORMULA} has no derivative at {AT}: {because}':
    '--plot은 오차를 그리는데, {FORMULA}은(는) {AT}에서 도함수가 없습니다: {because}',
  '{OPTION} is an option of a net: add --net simple, or leave it out':
    '{OPTION}은(는) 신경망의 옵션입니다. --net simple을 더하거나 이 옵션을 빼세요',
  '--plot draws functions of one or two variables, but {FORMULA} has {COUNT}: {NAMES}':
    '--plot은 변수가 하나나 둘인 함수를 그리는데, {FORMULA}의 변수는 {COUNT}개입니다: {NAMES}',
  '--plot draws the gradient of a formula: leave out --net, or --plot':
    '--plot은 수식의 기울기를 그립니다. --net이나 --plot을 빼세요',
  '--net has its own function: leave out --fn and --at': '--net에는 자체 함수가 있습니다. --fn과 --at을 빼세요',
  '--t must be one 1 and two 0s, got "{VALUE}"': '--t에는 1 하나와 0 둘이 있어야 합니다. 받은 값: "{VALUE}"',
  '--plot draws at most {MOST} paths, got {COUNT}: give fewer rates':
    '--plot이 그리는 경로는 최대 {MOST}개인데 {COUNT}개입니다. 학습률의 수를 줄이세요',
  '--lr must be one rate, or one for each of {NAMES}, got {COUNT}':
    '--lr의 학습률은 하나이거나 {NAMES}마다 하나여야 합니다. 받은 수: {COUNT}개',
  '--iters and --epochs are alternatives: give one of them': '--iters와 --epochs 가운데 하나만 주세요',
  '--record keeps the result of a whole run: leave it out, or train without --resume':
    '--record는 처음부터 끝까지 한 실행의 결과를 남깁니다. 이 옵션을 빼거나 --resume 없이 학습하세요',
  '--checkpoint-every needs a file to save to: add --save FILE':
    '--checkpoint-every에는 저장할 파일이 필요합니다. --save FILE을 더하세요',
  '--seed and --seeds are alternatives: give one of them': '--seed와 --seeds 가운데 하나만 주세요',
  '--seeds starts new runs: resume a single run without --seeds':
    '--seeds는 새로 학습합니다. 이어서 학습할 때는 --seeds 없이 하나씩 하세요',
  '--live shows a single run: leave it out, or give --seed instead of --seeds':
    '--live는 실행 하나를 보여 줍니다. 이 옵션을 빼거나 --seeds 대신 --seed를 주세요',
  '{OPTION} {PATH} would be overwritten by the run of each seed: put {SEED} in the name, such as {EXAMPLE}':
    '{OPTION} {PATH} 파일을 시드마다 덮어쓰게 됩니다. 이름에 {SEED}을(를) 넣으세요, 예: {EXAMPLE}',
  '--h is the step of the numerical gradient; {ENGINE} has none: leave it out, or add --gradient numerical':
    '--h는 수치 기울기의 간격인데 {ENGINE}에는 없습니다. 이 옵션을 빼거나 --gradient numerical을 더하세요',
  '{OPTION} {VALUE} does not fit {PATH}, which was begun with {OTHER}: leave it out':
    '{OPTION} {VALUE}은(는) {PATH}에 맞지 않습니다. 그 학습은 {OTHER}(으)로 시작했습니다. 이 옵션을 빼세요',
  '{PATH} has done {iterations} already: give more than that with --iters':
    '{PATH}은(는) 이미 {iterations}을 마쳤습니다. --iters로 더 큰 수를 주세요',
  '--epochs {EPOCHS} are {COUNT} iterations; {MOST} are the most':
    '--epochs {EPOCHS}은(는) 반복 {COUNT}번입니다. 최대 {MOST}번까지 됩니다',
  '--sample-seed says which runs are drawn: say how many with --sample':
    '--sample-seed는 어느 실행을 뽑을지 정합니다. 몇 개를 뽑을지 --sample로 주세요',
  '--threads is of this machine, and --queue has others make the runs: give it to gd-train worker':
    '--threads는 이 컴퓨터의 것인데 --queue에서는 다른 컴퓨터가 실행합니다. gd-train worker에 주세요',
  '--print makes no run, so it excludes {OPTION}: run the commands first, then --summary':
    '--print는 실행하지 않으므로 {OPTION}과(와) 함께 쓸 수 없습니다. 명령을 먼저 실행한 뒤 --summary를 쓰세요',
  '{PATH} has no results: name the folder with --out': '{PATH}에 결과가 없습니다. --out으로 폴더를 지정하세요',
  '--precision f64 does not fit --format tfjs: TensorFlow.js has float32 only; leave it out':
    '--precision f64는 --format tfjs에 맞지 않습니다. TensorFlow.js에는 float32만 있습니다. 이 옵션을 빼세요',
  '-o - does not fit --format tfjs, which is a folder of two files: name a folder':
    '-o -는 --format tfjs에 맞지 않습니다. 파일 두 개가 든 폴더를 만듭니다. 폴더 이름을 주세요',
  '-o - and --json both write to stdout: leave one out': '-o -와 --json이 모두 stdout으로 출력합니다. 하나를 빼세요',
  '-o - would fill the terminal: add > FILE or | COMMAND':
    '-o -는 터미널을 바이너리로 채웁니다. > FILE이나 | COMMAND를 더하세요',
  '{PATH} has {COUNT} bytes of weights: {why}; try --precision f32':
    '{PATH}의 가중치는 {COUNT}바이트입니다: {why}. --precision f32를 써 보세요',
  'a zip file holds no more than 4 GB': 'zip 파일은 4 GB까지만 담습니다',
  'an ONNX file holds no more than 2 GB': 'ONNX 파일은 2 GB까지만 담습니다',
  'TensorFlow.js loads no more than 2 GB': 'TensorFlow.js는 2 GB까지만 읽습니다',
  '--format is needed ({NAMES}): {PATH} ends in none of them':
    '--format이 필요합니다({NAMES}). {PATH}의 끝이 어느 것도 아닙니다',
  '{OPTION} is an option of show: add show, or leave it out':
    '{OPTION}은(는) show의 옵션입니다. show를 더하거나 이 옵션을 빼세요',
  'no image to show: name one, as in show 7': '보여 줄 이미지가 없습니다. show 7처럼 번호를 주세요',
  '--json and --output - both want standard output: name a file for the page':
    '--json과 --output -가 모두 표준 출력을 씁니다. 페이지를 저장할 파일 이름을 주세요',
  'no picture given: name a file, or a test image with --index 7':
    '그림이 없습니다. 파일 이름을 주거나, --index 7처럼 시험 이미지의 번호를 주세요',
  '--data names test images: add --index 7, or leave --data out':
    '--data는 시험 이미지의 폴더입니다. --index 7처럼 번호를 더하거나 --data를 빼세요',
  '--index takes test images: leave out --index or {PATH}':
    '--index는 시험 이미지를 씁니다. --index나 {PATH}을(를) 빼세요',
  '{OPTION} draws weights, and --model has its own: give one of the two':
    '{OPTION}은(는) 가중치를 뽑는데 --model에는 가중치가 있습니다. 둘 가운데 하나만 주세요',
  '--batch draws images, and --index names them: give one of the two':
    '--batch는 이미지를 뽑고 --index는 이미지를 지정합니다. 둘 가운데 하나만 주세요',
  '{OPTION} is for checking engines: leave it out, or the files':
    '{OPTION}은(는) 엔진을 확인할 때 씁니다. 이 옵션이나 파일을 빼세요',
  '{OPTION} draws or reads weights, and {PATH} has its own: give one of the two':
    '{OPTION}은(는) 가중치를 뽑거나 읽는데 {PATH}에도 가중치가 있습니다. 둘 가운데 하나만 주세요',
  'engine must be one of {NAMES}, got {VALUE}': '엔진에 쓸 수 있는 값: {NAMES}. 받은 값: {VALUE}',
  '--gradient tfjs needs float32; got --precision {VALUE}. Use --precision f32, or --gradient backprop':
    '--gradient tfjs에는 float32가 필요합니다. 받은 값: --precision {VALUE}. --precision f32나 --gradient backprop을 쓰세요',
  '--gradient {ENGINE} needs float64; got --precision {VALUE}. Use --precision f64, or --gradient backprop':
    '--gradient {ENGINE}에는 float64가 필요합니다. 받은 값: --precision {VALUE}. --precision f64나 --gradient backprop을 쓰세요',
  '--gradient {ENGINE} does not have --precision {VALUE}: leave one of them out, or make two sweeps':
    '--gradient {ENGINE}에는 --precision {VALUE}이(가) 없습니다. 둘 가운데 하나를 빼거나 sweep을 둘로 나누세요',
  '--precision f32 needs the SIMD kernels: {why}. Use --precision f64':
    '--precision f32에는 SIMD 커널이 필요합니다: {why}. --precision f64를 쓰세요',

  // Formulas
  'the formula is empty: give one such as "x^2 + 1"': '수식이 비어 있습니다. "x^2 + 1"처럼 주세요',
  'the formula has {COUNT} characters; at most {MOST} are read': '수식이 {COUNT}자입니다. 최대 {MOST}자까지 읽습니다',
  '{FORMULA} has {WORD} and {NEXT} with nothing between them: add an operator':
    '{FORMULA}의 {WORD}과(와) {NEXT} 사이에 아무것도 없습니다. 연산자를 넣으세요',
  '{FORMULA} has a number too large for float64': '{FORMULA}에 float64로 나타낼 수 없이 큰 수가 있습니다',
  '{FORMULA} has {WORD}, which is not part of a formula: {instead}':
    '{FORMULA}의 {WORD}은(는) 수식에 쓸 수 없습니다: {instead}',
  'write only what stands to the right of it': '그 오른쪽에 있는 것만 쓰세요',
  'write abs(x)': 'abs(x)로 쓰세요',
  'write sqrt(x)': 'sqrt(x)로 쓰세요',
  'group with ( and ); a variable is x0 or x[0]': '묶을 때는 ( )를 쓰고, 변수는 x0이나 x[0]으로 쓰세요',
  'group with ( and )': '묶을 때는 ( )를 쓰세요',
  'a number is written as in 0.5': '수는 0.5처럼 쓰세요',
  'a formula has numbers, x or x0 to x99, + - * / ^, parentheses and functions':
    '수식에는 수, x 또는 x0부터 x99, + - * / ^, 괄호, 함수를 쓸 수 있습니다',
  '{FORMULA} uses {WORD} without parentheses: write {CORRECT}':
    '{FORMULA}의 {WORD}에 괄호가 없습니다. {CORRECT}(으)로 쓰세요',
  '{FORMULA} uses the function {WORD}, which is not known; there are {NAMES}':
    '{FORMULA}의 {WORD}은(는) 없는 함수입니다. 있는 함수: {NAMES}',
  '{FORMULA} has the unknown name {WORD}: variables are x, or x0 to x99':
    '{FORMULA}에 모르는 이름 {WORD}이(가) 있습니다. 변수는 x, 또는 x0부터 x99까지입니다',
  '{FORMULA} has the unknown name {WORD}: variables are x, or x0 to x99; write products with *':
    '{FORMULA}에 모르는 이름 {WORD}이(가) 있습니다. 변수는 x, 또는 x0부터 x99까지입니다. 곱셈은 *로 쓰세요',
  '{FORMULA} has a comma that is not between arguments of a function':
    '{FORMULA}에 함수의 인수를 구분하지 않는 쉼표가 있습니다',
  '{FORMULA} has a comma that is not between arguments of a function: write {WHOLE}.{PART}':
    '{FORMULA}에 함수의 인수를 구분하지 않는 쉼표가 있습니다. {WHOLE}.{PART}(으)로 쓰세요',
  '{FORMULA} mixes x with {NAME}: use x alone, or x0, x1 … (a power is written x^2)':
    '{FORMULA}에 x와 {NAME}이(가) 섞여 있습니다. x만 쓰거나 x0, x1 …을 쓰세요(거듭제곱은 x^2로 씁니다)',
  '{FORMULA} is not a formula: {why}': '{FORMULA}은(는) 수식이 아닙니다: {why}',
  '{FORMULA} is not a formula': '{FORMULA}은(는) 수식이 아닙니다',
  'it is nested too deeply': '너무 깊이 중첩되어 있습니다',
  '{FORMULA}: {NAME} takes {numbers} value, got {COUNT}':
    '{FORMULA}: {NAME}의 인수는 {numbers}개여야 합니다. 받은 수: {COUNT}개',
  '{FORMULA}: {NAME} takes {numbers} values, got {COUNT}':
    '{FORMULA}: {NAME}의 인수는 {numbers}개여야 합니다. 받은 수: {COUNT}개',
  '{FORMULA}: {NAME} takes {numbers} value, got {COUNT} (a decimal comma is not read: write 0.5)':
    '{FORMULA}: {NAME}의 인수는 {numbers}개여야 합니다. 받은 수: {COUNT}개(소수점은 쉼표가 아니라 0.5처럼 쓰세요)',
  '{FORMULA}: {NAME} takes {numbers} values, got {COUNT} (a decimal comma is not read: write 0.5)':
    '{FORMULA}: {NAME}의 인수는 {numbers}개여야 합니다. 받은 수: {COUNT}개(소수점은 쉼표가 아니라 0.5처럼 쓰세요)',
  '{n} or more': '{n} 이상',
  '{n} or {m}': '{n} 또는 {m}',
  'Unexpected end of expression': '수식이 도중에 끝났습니다',
  'Value expected': '값이 있어야 합니다',
  'Parenthesis ) expected': '닫는 괄호 )가 있어야 합니다',
  'Unexpected part {PART}': '{PART}이(가) 올 자리가 아닙니다',
  'Syntax error in part {PART}': '{PART} 부분의 문법이 올바르지 않습니다',

  // Engines and kernels
  '--gradient tfjs takes {what}; --gradient backprop takes more':
    '--gradient tfjs의 한계: {what}. --gradient backprop은 더 큰 것도 됩니다',
  '--gradient tfjs does not work here: {why}; to install it: {COMMAND}':
    '여기서는 --gradient tfjs가 되지 않습니다: {why}. 설치하려면: {COMMAND}',
  '@tensorflow/tfjs-node is not installed': '@tensorflow/tfjs-node가 설치되어 있지 않습니다',
  '@tensorflow/tfjs-node in {PATH} has no native addon': '{PATH}의 @tensorflow/tfjs-node에 네이티브 애드온이 없습니다',
  '@tensorflow/tfjs-node in {PATH} does not load ({MESSAGE})':
    '{PATH}의 @tensorflow/tfjs-node를 불러오지 못했습니다({MESSAGE})',
  'it crashes the process that loads it ({why})': '불러오는 프로세스가 비정상 종료합니다({why})',
  'exit code {CODE}': '종료 코드 {CODE}',
  "{COUNT} images per mini-batch leave room for no more in the kernels' 4 GiB":
    '미니배치의 이미지가 {COUNT}장이면 커널의 4 GiB에 더 들어가지 않습니다',
  'the kernels are for 10 classes, not {n}': '커널은 클래스 {n}개가 아니라 10개를 위한 것입니다',
  'the kernels take steps h from {LEAST} to {MOST}, not {VALUE}': '커널의 h는 {LEAST}부터 {MOST}까지인데 {VALUE}입니다',
  'the kernels have 4 GiB of memory, too little for {HIDDEN} hidden units, {BATCH} images per mini-batch and {COUNT} images in all':
    '커널의 메모리 4 GiB로는 은닉 유닛 {HIDDEN}개, 미니배치의 이미지 {BATCH}장, 전체 이미지 {COUNT}장에 모자랍니다',
  'the kernels take {range}': '커널의 한계: {range}',
  'learning rates up to {VALUE} in {TYPE}': '{TYPE}에서 학습률은 {VALUE}까지',
  'weights up to {VALUE} in {TYPE}': '{TYPE}에서 가중치는 {VALUE}까지',
  'this Node.js has no SharedArrayBuffer': '이 Node.js에는 SharedArrayBuffer가 없습니다',
  'this Node.js has no Atomics.wait': '이 Node.js에는 Atomics.wait가 없습니다',
  'the address space is limited (ulimit -v)': '주소 공간이 제한되어 있습니다(ulimit -v)',
  'a worker thread ended ({why}); try --threads 1': '작업 스레드가 끝났습니다({why}). --threads 1을 써 보세요',
  'a worker thread did not start ({MESSAGE})': '작업 스레드를 시작하지 못했습니다({MESSAGE})',
  'this Node.js runs without WebAssembly': '이 Node.js는 WebAssembly 없이 돌고 있습니다',
  'WebAssembly has no SIMD on this machine': '이 컴퓨터의 WebAssembly에는 SIMD가 없습니다',
  'WebAssembly gets no address space ({MESSAGE}): raise ulimit -v, or set NODE_OPTIONS=--disable-wasm-trap-handler':
    'WebAssembly가 쓸 주소 공간이 없습니다({MESSAGE}). ulimit -v를 늘리거나 NODE_OPTIONS=--disable-wasm-trap-handler로 설정하세요',
  'an array is too large for the kernels': '배열이 커널에 너무 큽니다',
  'there is too little memory for the SIMD kernels': 'SIMD 커널을 쓰기에 메모리가 모자랍니다',
  'the kernels take pixels that are multiples of 1 / 255': '커널은 1 / 255의 배수인 픽셀만 받습니다',
  'seed must be an integer from 0 to 4294967295, got {VALUE}':
    '시드에 쓸 수 있는 값: 0부터 4294967295까지의 정수. 받은 값: {VALUE}',
  'the state of the random stream is malformed': '난수열의 상태가 올바르지 않습니다',
  '{NAME} must be a positive integer, got {VALUE}': '{NAME}에 쓸 수 있는 값: 양의 정수. 받은 값: {VALUE}',
  'x must be a whole number of images of {PIXELS} pixels, got {COUNT} values':
    'x의 길이는 {PIXELS}픽셀 이미지의 정수배여야 하는데 {COUNT}개입니다',
  'tfjs-node can be built on Linux x64 only, and this is {MACHINE}: try {COMMAND}, which may have a build of its own':
    'tfjs-node는 Linux x64에서만 빌드할 수 있는데 여기는 {MACHINE}입니다. 빌드된 것이 있을 수 있으니 {COMMAND}을(를) 써 보세요',
  'tfjs-node was built but does not work: {why}': 'tfjs-node를 빌드했지만 작동하지 않습니다: {why}',
  'python3 is not on the PATH: install Python 3 with pip (Debian: apt-get install python3-pip)':
    'PATH에 python3이 없습니다. pip가 있는 Python 3을 설치하세요(Debian: apt-get install python3-pip)',
  'python3 ended with {CODE}': 'python3이 {CODE}(으)로 끝났습니다',

  // Training
  'loss, gradient or weights would no longer be finite at step {STEP} (loss {LOSS}); the net is as it was before that step: try a smaller --lr than {RATE}':
    '스텝 {STEP}에서 손실, 기울기, 가중치가 더는 유한하지 않습니다(손실 {LOSS}). 신경망은 그 스텝 전의 상태입니다. --lr을 {RATE}보다 작게 해 보세요',
  '{PATH} was removed or replaced while it was written': '쓰는 동안 {PATH}이(가) 지워졌거나 바뀌었습니다',
  '{PATH} is written by another program too': '다른 프로그램도 {PATH}에 쓰고 있습니다',
  '{PATH}, line {n}: step {AFTER} comes after step {BEFORE}; a log is of one run':
    '{PATH}, {n}행: 스텝 {BEFORE} 다음에 스텝 {AFTER}이(가) 나옵니다. 로그는 실행 하나의 것이어야 합니다',
  '{PATH} is empty: name a file that train --log wrote':
    '{PATH}이(가) 비어 있습니다. train --log로 기록한 파일의 이름을 주세요',
  '{PATH}, line {n}, is not of a training log: {VALUE}; name a file that train --log wrote':
    '{PATH}의 {n}행은 학습 로그가 아닙니다: {VALUE}. train --log로 기록한 파일의 이름을 주세요',
  '{PATH} has more than 256 MiB and is not a file: save it first':
    '{PATH}은(는) 256 MiB를 넘고 파일이 아닙니다. 먼저 저장하세요',
  'it takes {n} bytes, too many for a cache': '캐시에 두기에는 너무 큽니다({n}바이트)',
  '{PATH} is not a file': '{PATH}은(는) 파일이 아닙니다',
};
