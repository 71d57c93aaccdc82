import type { Table } from '../translate.js';

/** Errors in files that are read or written, and their remedies. */
export const FILES: Table = {
  // The system
  '{PATH} does not exist: check the path': '{PATH}이(가) 없습니다. 경로를 확인하세요',
  '{PATH} leads through a file that is not a folder: check the path':
    '{PATH}의 중간에 폴더가 아닌 파일이 있습니다. 경로를 확인하세요',
  '{PATH} is a folder: name a file': '{PATH}은(는) 폴더입니다. 파일 이름을 주세요',
  '{PATH} is too long a name: choose a shorter one': '{PATH}은(는) 너무 긴 이름입니다. 더 짧은 이름을 쓰세요',
  '{PATH} is a loop of symbolic links: check the path': '{PATH}은(는) 순환하는 심볼릭 링크입니다. 경로를 확인하세요',
  '{PATH} is not accessible: permission denied': '{PATH}에 접근할 수 없습니다: 권한이 없습니다',
  '{PATH} is not accessible: the system does not permit it': '{PATH}에 접근할 수 없습니다: 시스템이 허용하지 않습니다',
  '{PATH} is on a read-only disk: choose another place': '{PATH}은(는) 읽기 전용 디스크에 있습니다. 다른 곳을 쓰세요',
  '{PATH} was not written: no space is left on the disk': '{PATH}을(를) 쓰지 못했습니다: 디스크에 남은 공간이 없습니다',
  '{PATH} was not written: the disk quota is used up': '{PATH}을(를) 쓰지 못했습니다: 디스크 할당량을 다 썼습니다',
  '{PATH} was not written: it would exceed the limit on file sizes (ulimit -f)':
    '{PATH}을(를) 쓰지 못했습니다: 파일 크기 제한(ulimit -f)을 넘습니다',
  '{PATH} was not read or written: the disk reports an error': '{PATH}을(를) 읽거나 쓰지 못했습니다: 디스크 오류입니다',
  '{PATH} was not opened: too many files are open': '{PATH}을(를) 열지 못했습니다: 열린 파일이 너무 많습니다',
  '{PATH} caused the system error {CODE}': '{PATH}에서 시스템 오류 {CODE}이(가) 났습니다',
  'standard output': '표준 출력',
  'standard output was not written: no space is left on the disk':
    '표준 출력에 쓰지 못했습니다: 디스크에 남은 공간이 없습니다',
  'out of memory ({MESSAGE}): use a smaller --hidden or --batch':
    '메모리가 모자랍니다({MESSAGE}). --hidden이나 --batch를 줄이세요',
  'internal error: {MESSAGE} (--debug shows where)': '내부 오류: {MESSAGE} (--debug를 주면 위치를 보여 줍니다)',

  // Files to write
  'a file of the data set': '데이터 세트의 파일',
  'the model': '모델',
  'the log': '로그',
  'the model of --resume': '--resume의 모델',
  '{OPTION} {PATH} is the same file as {twin}: name another file':
    '{OPTION} {PATH}은(는) 다음과 같은 파일입니다: {twin}. 다른 파일 이름을 주세요',
  'a file of the data set, {PATH}': '데이터 세트의 파일 {PATH}',
  'the model, {PATH}': '모델 {PATH}',
  'the log, {PATH}': '로그 {PATH}',
  'the model of --resume, {PATH}': '--resume의 모델 {PATH}',
  'standard output goes to {file}, {PATH}: send it to another file':
    '표준 출력이 {file} {PATH}(으)로 나갑니다. 다른 파일로 보내세요',
  '{OPTION} "" names no file: leave it out, or give a name':
    '{OPTION}의 값이 비어 있습니다. 옵션을 빼거나 파일 이름을 주세요',
  '{OPTION} cannot write to standard output: name a file, or ./- for a file called -':
    '{OPTION}은(는) 표준 출력에 쓸 수 없습니다. 파일 이름을 주세요. 이름이 -인 파일은 ./-입니다',
  '{OPTION} {PATH} is a folder: name a file in it': '{OPTION} {PATH}은(는) 폴더입니다. 그 안의 파일 이름을 주세요',
  '{OPTION} {PATH}: the folder {FOLDER} is missing; make it first':
    '{OPTION} {PATH}: {FOLDER} 폴더가 없습니다. 먼저 만드세요',
  '{OPTION} {PATH}: {FILE} is a file, not a folder': '{OPTION} {PATH}: {FILE}은(는) 폴더가 아니라 파일입니다',
  '{OPTION} writes {format}, and {PATH} ends in {ENDING}: name it {BETTER}':
    '{OPTION}은(는) {format} 형식으로 쓰는데 {PATH}은(는) {ENDING}(으)로 끝납니다. 이름을 {BETTER}(으)로 하세요',
  'training log': '학습 로그',
  plot: '그림',
  '{PATH} is a file: name a new folder': '{PATH}은(는) 파일입니다. 새 폴더 이름을 주세요',
  '{PATH} is not empty: name a new folder': '{PATH}이(가) 비어 있지 않습니다. 새 폴더 이름을 주세요',
  '{PATH} is a device: name a file': '{PATH}은(는) 장치입니다. 파일 이름을 주세요',
  '{PATH} is a pipe of more than 256 MiB: name a file': '{PATH}은(는) 256 MiB가 넘는 파이프입니다. 파일 이름을 주세요',
  'the program that read from {PATH} has ended': '{PATH}에서 읽던 프로그램이 끝났습니다',
  '{PATH} is a pipe that no program reads': '{PATH}은(는) 읽는 프로그램이 없는 파이프입니다',
  '--save would replace {PATH}, of another run: add --force, name another file, or go on with --resume {MODEL}':
    '--save가 다른 실행의 파일 {PATH}을(를) 덮어쓰게 됩니다. --force를 더하거나, 다른 이름을 주거나, --resume {MODEL}(으)로 이어서 학습하세요',
  '{PATH} stays as it is: name another file with --save': '{PATH}을(를) 그대로 둡니다. --save로 다른 이름을 주세요',
  '{PATH} was changed by another program during this run: give each run a --save of its own':
    '실행하는 동안 다른 프로그램이 {PATH}을(를) 바꾸었습니다. 실행마다 --save를 따로 주세요',
  '{problem}; the net is lost': '{problem}. 신경망을 잃었습니다',
  '{problem}; the net is in {PATH}': '{problem}. 신경망은 {PATH}에 있습니다',
  '{problem}; to save elsewhere, add --save FILE': '{problem}. 다른 곳에 저장하려면 --save FILE을 더하세요',

  // Models
  'no net was kept in {PATH}: train one without --save, or name a file that train --save wrote':
    '{PATH}에 남은 신경망이 없습니다. --save 없이 학습하거나, train --save로 저장한 파일의 이름을 주세요',
  'a model file of gd-train': 'gd-train의 모델 파일',
  'a valid safetensors file': '올바른 safetensors 파일',
  '{PATH} is not {what}: {why}': '{PATH}은(는) {what}이 아닙니다: {why}',
  '{PATH} is not a model file of gd-train: its metadata has no format "{NAME}"':
    '{PATH}은(는) gd-train의 모델 파일이 아닙니다: 메타데이터에 형식 "{NAME}"이(가) 없습니다',
  '{PATH} is damaged: tensor {NAME} has shape {SHAPE}':
    '{PATH}이(가) 손상되었습니다: 텐서 {NAME}의 형상이 {SHAPE}입니다',
  '{PATH} has {COUNT} classes, not {NEEDED}': '{PATH}의 클래스는 {NEEDED}개가 아니라 {COUNT}개입니다',
  '{PATH} is damaged: it has {COUNT} hidden units, and names {NAMED}':
    '{PATH}이(가) 손상되었습니다: 은닉 유닛은 {COUNT}개인데 {NAMED}개로 적혀 있습니다',
  '{PATH} is damaged: its weights do not have the SHA-256 that it names, {DIGEST}':
    '{PATH}이(가) 손상되었습니다: 가중치의 SHA-256이 적혀 있는 {DIGEST}과(와) 다릅니다',
  '{PATH} is damaged: its metadata is not readable ({why})':
    '{PATH}이(가) 손상되었습니다: 메타데이터를 읽을 수 없습니다({why})',
  '{PATH} is damaged: its metadata was changed after it was saved; restore a copy of it':
    '{PATH}이(가) 손상되었습니다: 저장한 뒤에 메타데이터가 바뀌었습니다. 사본으로 되돌리세요',
  '{VALUE} is not an object': '{VALUE}은(는) 객체가 아닙니다',
  'iteration {VALUE} is not a count': 'iteration {VALUE}은(는) 횟수가 아닙니다',
  'iteration {VALUE} is past the last, {LAST}': 'iteration {VALUE}은(는) 마지막인 {LAST}을(를) 넘습니다',
  '{VALUE} is not a data set': '{VALUE}은(는) 데이터 세트가 아닙니다',
  '{PATH} has weights that are not finite ({NAME}: {VALUE} at {PLACE}): train again with a smaller --lr':
    '{PATH}에 유한하지 않은 가중치가 있습니다({NAME}: {PLACE}에서 {VALUE}). --lr을 줄여 다시 학습하세요',
  '{PATH} was trained on {NAME}, and {FOLDER} has other {part} images: name the right folder with --data, or add --other-data to use these':
    '{PATH}은(는) {NAME}(으)로 학습했는데 {FOLDER}의 {part} 이미지는 다릅니다. --data로 맞는 폴더를 주거나, --other-data를 더해 이 이미지를 쓰세요',
  train: '훈련',
  test: '시험',
  '{NAME} is out of range: {VALUE}': '{NAME} 값이 범위를 벗어났습니다: {VALUE}',
  '"{NAME}" in {PATH}': '{PATH}의 "{NAME}"',
  'tensor {NAME} in {PATH}': '{PATH}의 텐서 {NAME}',

  // safetensors
  'it has only {n} bytes': '{n}바이트뿐입니다',
  'its first 8 bytes are not the length of a safetensors header': '처음 8바이트가 safetensors 헤더의 길이가 아닙니다',
  'a tensor of the file': '파일의 텐서',
  'a model file became shorter while it was read': '모델 파일을 읽는 동안 파일이 짧아졌습니다',
  '{NAME} is of type {TYPE}, not "F64" or "F32": save it as float64 or float32':
    '{NAME}의 형식이 "F64"나 "F32"가 아니라 {TYPE}입니다. float64나 float32로 저장하세요',
  'its header is not a JSON object': '헤더가 JSON 객체가 아닙니다',
  'its header names {NAME} twice': '헤더에 {NAME}이(가) 두 번 있습니다',
  '{NAME} is of type {TYPE}, which the format does not have': '{NAME}의 형식 {TYPE}은(는) 이 파일 형식에 없습니다',
  '{NAME} has no valid shape or data_offsets': '{NAME}의 shape나 data_offsets가 올바르지 않습니다',
  '{NAME} lies at bytes {FROM} to {TO}, which does not fit {TYPE} {SHAPE}':
    '{NAME}의 위치 {FROM}–{TO}바이트가 {TYPE} {SHAPE}에 맞지 않습니다',
  '{NAME} lies at bytes {FROM} to {TO}, and another tensor reaches to {END}':
    '{NAME}의 위치는 {FROM}–{TO}바이트인데 다른 텐서가 {END}까지 차지합니다',
  '{NAME} lies at bytes {FROM} to {TO}, and the {COUNT} bytes before it belong to no tensor':
    '{NAME}의 위치는 {FROM}–{TO}바이트인데 그 앞의 {COUNT}바이트는 어느 텐서의 것도 아닙니다',
  '{NAME} lies at bytes {FROM} to {TO}, and only {COUNT} bytes follow the header: it is cut off':
    '{NAME}의 위치는 {FROM}–{TO}바이트인데 헤더 뒤에 {COUNT}바이트뿐입니다: 잘려 있습니다',
  '{n} bytes follow its last tensor': '마지막 텐서 뒤에 {n}바이트가 더 있습니다',
  'its metadata is not a JSON object': '메타데이터가 JSON 객체가 아닙니다',
  'its metadata {NAME} is not text': '메타데이터 {NAME}이(가) 문자열이 아닙니다',
  'tensor {NAME}': '텐서 {NAME}',

  // .npy, .npz, JSON
  '{PATH} is damaged: its header is followed by {COUNT} bytes, where {numbers} take {SIZE}; save it again':
    '{PATH}이(가) 손상되었습니다: 헤더 뒤가 {COUNT}바이트인데 {numbers}에는 {SIZE}바이트가 필요합니다. 다시 저장하세요',
  '{n} numbers of {m} bytes': '{m}바이트 수 {n}개',
  '{PATH} is not a .npy file: write one with np.save': '{PATH}은(는) .npy 파일이 아닙니다. np.save로 저장하세요',
  '{PATH} is a .npy file of unknown version {VERSION}: save it with np.save of NumPy 1 or 2':
    '{PATH}은(는) 모르는 버전 {VERSION}의 .npy 파일입니다. NumPy 1이나 2의 np.save로 저장하세요',
  '{PATH} is damaged: its header should take {COUNT} bytes; save it again':
    '{PATH}이(가) 손상되었습니다: 헤더는 {COUNT}바이트여야 합니다. 다시 저장하세요',
  'Python objects': '파이썬 객체',
  'numbers of type {TYPE}': '{TYPE} 형식의 수',
  '{PATH} holds {what}, not float64 or float32: save it as array.astype(np.float64)':
    '{PATH}의 내용은 float64나 float32가 아니라 {what}입니다. array.astype(np.float64)로 저장하세요',
  '{PATH} is damaged: its header has no valid shape; save it again':
    '{PATH}이(가) 손상되었습니다: 헤더에 올바른 shape가 없습니다. 다시 저장하세요',
  '{PATH} is a zip archive without a .npy array (as torch.save writes it, for example): save with np.savez':
    '{PATH}은(는) .npy 배열이 없는 zip 파일입니다(예: torch.save로 저장한 파일). np.savez로 저장하세요',
  '{PATH} would unpack to {SIZE} MB from {COUNT} bytes: too much; save fewer or smaller arrays':
    '{PATH}의 {COUNT}바이트를 풀면 {SIZE} MB입니다: 너무 큽니다. 배열의 수나 크기를 줄여 저장하세요',
  '{PATH} is damaged: its arrays overlap; save it again':
    '{PATH}이(가) 손상되었습니다: 배열이 겹칩니다. 다시 저장하세요',
  '{PATH} holds a file with too long a name, {NAME}: save it again':
    '{PATH}에 든 파일의 이름이 너무 깁니다: {NAME}. 다시 저장하세요',
  '{PATH} holds {n} files: keep only the gradients': '{PATH}에 파일이 {n}개 있습니다. 기울기만 남기세요',
  '{PATH} is encrypted: save it with np.savez': '{PATH}은(는) 암호화되어 있습니다. np.savez로 저장하세요',
  '{PATH} is not compressed by deflate: save it with np.savez_compressed':
    '{PATH}은(는) deflate로 압축되지 않았습니다. np.savez_compressed로 저장하세요',
  '{PATH} is damaged: it has {COUNT} bytes instead of {NEEDED}; save it again':
    '{PATH}이(가) 손상되었습니다: {NEEDED}바이트여야 하는데 {COUNT}바이트입니다. 다시 저장하세요',
  '{PATH} is damaged: unpacking failed ({why}); save it again':
    '{PATH}이(가) 손상되었습니다: 압축을 풀지 못했습니다({why}). 다시 저장하세요',
  '{PATH} is not JSON of arrays, at character {AT}: {why}': '{PATH}은(는) 배열의 JSON이 아닙니다. {AT}번째 문자: {why}',
  'it ends too early': '도중에 끝났습니다',
  '{WORD} was not expected': '{WORD}이(가) 올 자리가 아닙니다',
  '{SIGNS} is missing': '{SIGNS}이(가) 없습니다',
  '{A1} or {B1} is missing': '{A1} 또는 {B1}이(가) 없습니다',
  'objects lie more than {n} deep': '객체가 {n}단계보다 깊습니다',
  'a name in "quotes" is missing': '"따옴표" 안의 이름이 없습니다',
  'a value of {NAME} is missing': '{NAME}의 값이 없습니다',
  '{WORD} is no value': '{WORD}은(는) 값이 아닙니다',
  '{NAME} is there twice': '{NAME}이(가) 두 번 있습니다',
  'it holds more than {n} arrays and numbers: keep the gradients': '배열과 수가 {n}개보다 많습니다. 기울기만 남기세요',
  '{NAME} is ragged: it has rows of {A1} and of {B1}': '{NAME}의 행 길이가 {A1}과(와) {B1}로 서로 다릅니다',
  '{NAME} has an array where a number was expected': '{NAME}에서 수가 올 자리에 배열이 있습니다',
  '{NAME} has more than {n} axes': '{NAME}의 축이 {n}개보다 많습니다',
  '{WORD} in {NAME} is no number': '{NAME}의 {WORD}은(는) 수가 아닙니다',
  '{NAME} has a number where an array was expected': '{NAME}에서 배열이 올 자리에 수가 있습니다',
  ', or ] is missing': ', 또는 ]이(가) 없습니다',
  'it should begin with {': '{로 시작해야 합니다',
  'more follows after the last }': '마지막 } 뒤에 내용이 더 있습니다',
  '{PATH} holds more than {COUNT} numbers: save them with np.savez':
    '{PATH}에 수가 {COUNT}개보다 많습니다. np.savez로 저장하세요',
  'something nested too deeply': '너무 깊이 중첩된 것',

  // Files to grade
  '{PATH} holds {NAME}, and so does another file: give one':
    '{PATH}과(와) 다른 파일에 모두 {NAME}이(가) 있습니다. 하나만 주세요',
  '{PATH} has no W1.npy, b1.npy, W2.npy or b2.npy: save them there':
    '{PATH}에 W1.npy, b1.npy, W2.npy, b2.npy가 없습니다. 거기에 저장하세요',
  '{PATH} is a device, not a file: name the file with the gradients':
    '{PATH}은(는) 파일이 아니라 장치입니다. 기울기가 든 파일의 이름을 주세요',
  "{PATH} is none of .npz, .npy, safetensors and JSON: save with np.savez('grads.npz', W1=dW1, b1=db1, W2=dW2, b2=db2)":
    "{PATH}은(는) .npz, .npy, safetensors, JSON 가운데 어느 것도 아닙니다. np.savez('grads.npz', W1=dW1, b1=db1, W2=dW2, b2=db2)로 저장하세요",
  '{PATH} holds {NAME} more than once, as {OTHER} too: keep one of them':
    '{PATH}에 {NAME}이(가) {OTHER}(으)로도 들어 있습니다. 하나만 남기세요',
  "{PATH} has none of W1, b1, W2, b2; found {names}: name them, as np.savez('grads.npz', W1=dW1, …) does":
    "{PATH}에 W1, b1, W2, b2가 하나도 없습니다. 있는 것: {names}. np.savez('grads.npz', W1=dW1, …)처럼 이름을 붙이세요",
  nothing: '없음',
  '{PATH} has weights twice, with plain names and as weights: keep one set':
    '{PATH}에 가중치가 두 벌 있습니다(그대로의 이름과 weights). 한 벌만 남기세요',
  '{PATH} has weights, but no {NAMES}: give all four, or none':
    '{PATH}에 가중치가 있지만 {NAMES}은(는) 없습니다. 네 개를 모두 주거나 모두 빼세요',
  '{PATH} has a weight {NAME} of shape ({SHAPE}), which does not fit W1 (784, hidden), W2 (hidden, 10)':
    '{PATH}의 가중치 {NAME}의 형상 ({SHAPE})이 W1 (784, hidden), W2 (hidden, 10)에 맞지 않습니다',
  '{PATH} has weights that are not finite': '{PATH}에 유한하지 않은 가중치가 있습니다',
  '{PATH} has the shapes of {COUNT} hidden units: check takes at most {MOST}, as --hidden does':
    '{PATH}은(는) 은닉 유닛 {COUNT}개의 형상입니다. check는 --hidden처럼 최대 {MOST}개까지 됩니다',
  '{PATH} has {COUNT} indices of images: check takes at most {MOST}, as --batch does':
    '{PATH}에 이미지 번호가 {COUNT}개 있습니다. check는 --batch처럼 최대 {MOST}개까지 됩니다',
  '{PATH} has indices that are not indices of images: {what}': '{PATH}의 indices가 이미지 번호가 아닙니다: {what}',
  'an empty list': '빈 목록',
  'with these weights the gradient itself is not finite: give weights of a size that trains':
    '이 가중치로는 기울기 자체가 유한하지 않습니다. 학습할 수 있는 크기의 가중치를 주세요',
  'the net has {COUNT} classes, the images {NEEDED}: W2 must be (hidden, {SAME})':
    '신경망의 클래스는 {COUNT}개, 이미지의 클래스는 {NEEDED}개입니다. W2는 (hidden, {SAME})이어야 합니다',
  'there is no training image {INDEX}: indices go from 0 to {LAST}':
    '훈련 이미지 {INDEX}번은 없습니다. 번호는 0부터 {LAST}까지입니다',
  'a net of {COUNT} hidden units is too large to check: at most {MOST}, as --hidden takes':
    '은닉 유닛이 {COUNT}개인 신경망은 너무 커서 확인할 수 없습니다. --hidden처럼 최대 {MOST}개입니다',
  'a mini-batch of {COUNT} images is too large to check: give at most {MOST} with --batch or --indices':
    '이미지가 {COUNT}장인 미니배치는 너무 커서 확인할 수 없습니다. --batch나 --indices로 최대 {MOST}장을 주세요',
  '{HIDDEN} hidden units times {COUNT} images are too much to check: give at most {MOST} images with --batch or --indices':
    '은닉 유닛 {HIDDEN}개와 이미지 {COUNT}장의 곱이 너무 커서 확인할 수 없습니다. --batch나 --indices로 이미지를 최대 {MOST}장 주세요',

  // Data sets
  '{PATH} holds no labels ({COUNT} x 0)': '{PATH}에 레이블이 없습니다({COUNT} x 0)',
  '{PATH} has label {LABEL} at {AT}: labels must be 0 to {MOST}':
    '{PATH}의 {AT}번 레이블이 {LABEL}입니다. 레이블은 0부터 {MOST}까지여야 합니다',
  '{PATH} has label {LABEL} at {AT}: labels must be 0 to {MOST}; emnist-digits and emnist-mnist have digits only':
    '{PATH}의 {AT}번 레이블이 {LABEL}입니다. 레이블은 0부터 {MOST}까지여야 합니다. 숫자만 있는 것은 emnist-digits와 emnist-mnist입니다',
  '{PATH} is not an IDX file: it begins with {what}, not with 00 00 08; fetch it again':
    '{PATH}은(는) IDX 파일이 아닙니다: 00 00 08이 아니라 다음으로 시작합니다: {what}. 다시 내려받으세요',
  '{PATH} should hold {what} (magic {MAGIC}) but holds {other} (magic {FOUND}): are the files mixed up?':
    '{PATH}에는 {what}(매직 {MAGIC})이 있어야 하는데 {other}(매직 {FOUND})이(가) 있습니다. 파일이 뒤바뀌지 않았나요?',
  images: '이미지',
  labels: '레이블',
  'something else': '다른 것',
  '{PATH} has {COUNT} bytes where its header promises {NEEDED}: it is damaged; fetch it again':
    '{PATH}은(는) 헤더에 따르면 {NEEDED}바이트여야 하는데 {COUNT}바이트입니다: 손상되었습니다. 다시 내려받으세요',
  '{PATH} ends after {COUNT} of {NEEDED} bytes: the download was cut off; fetch it again':
    '{PATH}이(가) {NEEDED}바이트 가운데 {COUNT}바이트에서 끝납니다: 내려받다 끊겼습니다. 다시 내려받으세요',
  'its first 64 KiB hold nothing': '처음 64 KiB에 내용이 없습니다',
  '{PATH} would grow from {COUNT} to {SIZE} bytes: if you trust it, unpack it first (gunzip)':
    '{PATH}을(를) 풀면 {COUNT}바이트가 {SIZE}바이트로 늘어납니다. 믿을 수 있는 파일이면 먼저 푸세요(gunzip)',
  'it holds more than its header promises': '헤더에 적힌 것보다 내용이 많습니다',
  '{PATH} is damaged: unpacking failed ({why}); fetch it again':
    '{PATH}이(가) 손상되었습니다: 압축을 풀지 못했습니다({why}). 다시 내려받으세요',
  '{PATH} holds training images of {SIZE} and test images of {OTHER}: they must be of one size':
    '{PATH}의 훈련 이미지는 {SIZE}, 시험 이미지는 {OTHER}입니다. 크기가 같아야 합니다',
  '{PATH} takes images of {NEEDED} pixels, these have {COUNT}: choose the data set that it was made for':
    '{PATH}에는 {NEEDED}픽셀 이미지가 필요한데 이 이미지는 {COUNT}픽셀입니다. 이 모델이 학습한 데이터 세트를 쓰세요',
  '{PATH} holds {COUNT} images but {OTHER} holds {LABELS} labels':
    '{PATH}의 이미지는 {COUNT}장인데 {OTHER}의 레이블은 {LABELS}개입니다',
  '{PATH} holds no pixels ({SIZE})': '{PATH}에 픽셀이 없습니다({SIZE})',
  '{PATH} has no {NAME} (or {SAME}.gz): put the four IDX files there':
    '{PATH}에 {NAME} (또는 {SAME}.gz) 파일이 없습니다. IDX 파일 네 개를 넣으세요',
  '{PATH} is not a regular file: put a copy of the data there':
    '{PATH}은(는) 일반 파일이 아닙니다. 데이터의 사본을 넣으세요',
  '{PATH} has more than one file of {NAME}: {NAMES}; keep one dataset per folder':
    '{PATH}에 {NAME} 파일이 둘 이상입니다: {NAMES}. 폴더마다 데이터 세트를 하나만 두세요',
  'label {LABEL} at {AT} is not below {MOST}': '{AT}번 레이블 {LABEL}은(는) {MOST}보다 작아야 합니다',

  // Pictures
  'save one frame of it as PNG or JPEG': '한 장면을 PNG나 JPEG로 저장하세요',
  'convert it to JPEG, for example with "heif-convert PHOTO.heic PHOTO.jpg"':
    'JPEG로 바꾸세요, 예: "heif-convert PHOTO.heic PHOTO.jpg"',
  'convert it to PNG, for example with "magick PICTURE PICTURE.png"':
    'PNG로 바꾸세요, 예: "magick PICTURE PICTURE.png"',
  'save it as PNG, JPEG or PGM': 'PNG, JPEG, PGM으로 저장하세요',
  'a BMP': 'BMP 파일',
  'a video': '동영상',
  'a HEIC': 'HEIC 파일',
  'a JPEG XL': 'JPEG XL 파일',
  'a JPEG 2000': 'JPEG 2000 파일',
  'an icon (ICO)': '아이콘(ICO)',
  'a Photoshop file (PSD)': '포토샵 파일(PSD)',
  'a GIMP file (XCF)': 'GIMP 파일(XCF)',
  'a PAM': 'PAM 파일',
  'a PFM': 'PFM 파일',
  'a PDF or PostScript': 'PDF나 포스트스크립트',
  'an SVG or another text': 'SVG나 다른 텍스트',
  '{PATH} is empty: save the picture again': '{PATH}이(가) 비어 있습니다. 그림을 다시 저장하세요',
  '{PATH} is no picture: save it as PNG, JPEG or PGM': '{PATH}은(는) 그림이 아닙니다. PNG, JPEG, PGM으로 저장하세요',
  '{PATH} does not fit into the memory that is left: close other programs':
    '{PATH}을(를) 담을 메모리가 모자랍니다. 다른 프로그램을 닫으세요',
  'the decoder of pictures does not load ({MESSAGE}): reinstall with "npm install sharp", or save the picture as PGM':
    '그림 디코더를 불러오지 못했습니다({MESSAGE}). "npm install sharp"로 다시 설치하거나 그림을 PGM으로 저장하세요',
  '{PATH} is {WIDTH} x {HEIGHT} pixels, more than {MOST} in a row: crop it':
    '{PATH}은(는) {WIDTH} x {HEIGHT}픽셀이며 한 행이 {MOST}픽셀을 넘습니다. 잘라내세요',
  '{PATH} ({kind}, {WIDTH} x {HEIGHT} pixels) would take {SIZE} MB to decode, more than {MOST} MB: make it smaller, or save it as a baseline JPEG':
    '{PATH} ({kind}, {WIDTH} x {HEIGHT}픽셀)을 디코딩하면 {SIZE} MB로 {MOST} MB를 넘습니다. 크기를 줄이거나 베이스라인 JPEG로 저장하세요',
  '{PATH} has {n} passes over its pixels: save it as a plain JPEG or PNG':
    '{PATH}은(는) 픽셀을 {n}번 훑습니다. 보통 JPEG나 PNG로 저장하세요',
  'progressive JPEG': '프로그레시브 JPEG',
  'interlaced {FORMAT}': '인터레이스 {FORMAT}',
  'it unpacks to more than its pixels': '풀면 픽셀 수보다 많습니다',
  'its data is broken': '데이터가 깨져 있습니다',
  'its header is broken': '헤더가 깨져 있습니다',
  'its largest sample is {VALUE}, not 1 to 65535': '가장 큰 표본값이 {VALUE}입니다(1부터 65535까지여야 함)',
  'a sample is {VALUE}, the largest should be {MOST}': '표본값 {VALUE}이(가) 최댓값 {MOST}을(를) 넘습니다',
  'byte {n} should begin a number': '{n}번째 바이트에서 수가 시작되어야 합니다',
  'byte {n} should be 0 or 1': '{n}번째 바이트는 0이나 1이어야 합니다',
  'it has {n} of {m} bytes': '{m}바이트 가운데 {n}바이트뿐입니다',
  '{PATH} is a picture without pixels ({WIDTH} x {HEIGHT})': '{PATH}은(는) 픽셀이 없는 그림입니다({WIDTH} x {HEIGHT})',
  '{PATH} is {WIDTH} x {HEIGHT} pixels, more than {MOST} million: make it smaller':
    '{PATH}은(는) {WIDTH} x {HEIGHT}픽셀이며 {MOST}백만 픽셀을 넘습니다. 크기를 줄이세요',
  '{PATH} is a damaged {FORMAT} ({why}): save it again':
    '{PATH}은(는) 손상된 {FORMAT} 파일입니다({why}). 다시 저장하세요',
  'no digit stands out in {PATH}: write darker, in even light, and let it fill the picture':
    '{PATH}에서 숫자가 뚜렷하지 않습니다. 고른 빛에서 더 진하게, 그림에 꽉 차게 쓰세요',
  '{PATH} is {WIDTH} x {HEIGHT}: {MODEL} takes images of {COUNT} pixels; give it one of that size':
    '{PATH}은(는) {WIDTH} x {HEIGHT}인데 {MODEL}에는 {COUNT}픽셀 이미지가 필요합니다. 그 크기의 이미지를 주세요',
  '{PATH} is blank: draw a digit, dark on light or light on dark':
    '{PATH}이(가) 비어 있습니다. 밝은 바탕에 어둡게, 또는 어두운 바탕에 밝게 숫자를 쓰세요',
  '{PATH} has more than 256 MiB: give it a picture of a digit': '{PATH}이(가) 256 MiB를 넘습니다. 숫자 그림을 주세요',
  '{PATH} is {kind}: {remedy}': '{PATH}은(는) {kind}입니다. {remedy}',
};
