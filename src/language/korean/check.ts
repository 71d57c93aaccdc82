import type { Table } from '../translate.js';

/** Results of `check`: engines, grades, and the mistakes that it knows. */
export const CHECK: Table = {
  // check: engines
  'naive: parameter {DONE} of {TOTAL}': 'naive: 매개변수 {DONE}/{TOTAL}',
  'largest |a - b|': '최대 |a - b|',
  relative: '상대 오차',
  where: '위치',
  tolerance: '허용 오차',
  used: '사용',
  agree: '일치',
  differ: '불일치',
  '{NAME} (plain)': '{NAME} (일반)',
  '{FIRST} - {NAME} (plain)': '{FIRST} - {NAME} (일반)',
  'relative: |a - b| / the largest entry of the tensor': '상대 오차: |a - b| / 텐서에서 가장 큰 원소',
  'used: the largest part of its tolerance that any entry takes up':
    '사용: 원소의 차이가 허용 오차에서 차지하는 비율의 최댓값',
  '{NAME}: a sample of {n} of {m} parameters (--full: all)': '{NAME}: 매개변수 {m}개 중 {n}개의 표본(--full: 전부)',
  '{NAME}: in float32': '{NAME}: float32로 계산',
  'all engines agree': '모든 엔진이 일치합니다',
  '{FIRST} and {SECOND} in {TENSOR}': '{FIRST}과(와) {SECOND}의 {TENSOR}',
  'not all engines agree: {pairs}': '일치하지 않는 엔진이 있습니다: {pairs}',
  'undecided: with this --h the tolerance is too large beside the gradient ({pair}, for example): take one nearer 1e-4':
    '판정 불가: 이 --h로는 기울기에 비해 허용 오차가 너무 큽니다(예: {pair}). 1e-4에 더 가까운 값을 쓰세요',
  '{SIZES}, {seed}, {n} image': '{SIZES}, {seed}, 이미지 {n}장',
  '{SIZES}, {seed}, {n} images': '{SIZES}, {seed}, 이미지 {n}장',
  '{case}, h = {H}, loss {LOSS}': '{case}, h = {H}, 손실 {LOSS}',
  '{PATH}: {case}, loss {LOSS}': '{PATH}: {case}, 손실 {LOSS}',

  // check: grades
  yours: '제출값',
  right: '정답',
  'off by': '차이',
  WRONG: '오답',
  wrong: '오답',
  incomplete: '불완전',
  'shape {GIVEN}, not {EXPECTED}': '형상이 {EXPECTED}이(가) 아니라 {GIVEN}입니다',
  '[{PLACE}] is not finite': '[{PLACE}]이(가) 유한하지 않음',
  'shape {GIVEN}': '형상 {GIVEN}',
  'all entries': '모든 원소',
  '{n} of {m} entries, in [{PLACE}]': '원소 {m}개 중 {n}개, [{PLACE}] 안',
  '[{FIRST}] is not finite, {n} of {m} entries, in [{PLACE}]':
    '[{FIRST}]이(가) 유한하지 않음, 원소 {m}개 중 {n}개, [{PLACE}] 안',
  '{NAMES}: NaN or infinite entries': '{NAMES}: NaN이거나 무한한 원소가 있습니다',
  ': NaN or infinite entries': ': NaN이거나 무한한 원소가 있습니다',
  'the usual sources are exp of a large number (subtract the largest of each row first), log of 0 (add 1e-7) and 0 / 0':
    '흔한 원인은 큰 수의 exp(행마다 최댓값을 먼저 빼세요), 0의 log(1e-7을 더하세요), 0 / 0입니다',
  '{NAMES}: no known mistake explains it': '{NAMES}: 알려진 실수로는 설명되지 않습니다',
  'or, which would make the same numbers here: {what}': '또는, 여기서는 같은 값이 나오는 다른 실수: {what}',
  'b2 is right, so the sum of dscores over the images is: look at hidden.T @ dscores, and whether images and labels are in the same order':
    'b2가 맞으므로 dscores를 이미지에 대해 더한 값도 맞습니다: hidden.T @ dscores를, 그리고 이미지와 레이블의 순서가 같은지 보세요',
  'b1 is right, so the sum of dhidden over the images is: look at x.T @ dhidden, and whether images and labels are in the same order':
    'b1이 맞으므로 dhidden을 이미지에 대해 더한 값도 맞습니다: x.T @ dhidden을, 그리고 이미지와 레이블의 순서가 같은지 보세요',
  'b2 and W2 are right: look first at dscores @ W2.T * hidden * (1 - hidden), and at its sum over the images':
    'b2와 W2가 맞습니다: 먼저 dscores @ W2.T * hidden * (1 - hidden)과, 그것을 이미지에 대해 더한 값을 보세요',
  'W1 is right: look first at dhidden.sum(axis=0)': 'W1이 맞습니다: 먼저 dhidden.sum(axis=0)을 보세요',
  'W2 is right: look first at dscores.sum(axis=0)': 'W2가 맞습니다: 먼저 dscores.sum(axis=0)을 보세요',
  'it is nearly right: if these are differences, give their step with --h, and compute in float64':
    '거의 맞습니다: 차분으로 구했다면 그 간격을 --h로 주고, float64로 계산하세요',
  'make sure first that weights and images are the same: gd-train check --help shows how to draw them':
    '먼저 가중치와 이미지가 같은지 확인하세요: 뽑는 방법은 gd-train check --help에 있습니다',
  '{NAMES}: not given; only all four tensors are a gradient': '{NAMES}: 없음. 텐서 네 개가 모두 있어야 기울기입니다',
  ': not given; only all four tensors are a gradient': ': 없음. 텐서 네 개가 모두 있어야 기울기입니다',
  ': no known mistake explains it': ': 알려진 실수로는 설명되지 않습니다',
  '{NAMES}: right, {how}': '{NAMES}: 정답, {how}',
  '{NAMES}: right': '{NAMES}: 정답',
  'within central differences': '중심 차분의 오차 안',
  'within forward differences': '전진 차분의 오차 안',
  'within backward differences': '후진 차분의 오차 안',
  'within float32': 'float32의 오차 안',
  'remark: it is the gradient of -log(y), as (y - t) / N is; that of -log(y + 1e-7) has y_t / (y_t + 1e-7) as a factor':
    '참고: (y - t) / N처럼 -log(y)의 기울기입니다. -log(y + 1e-7)의 기울기에는 y_t / (y_t + 1e-7)이 곱해집니다',
  'remark: the pixels were rounded to float32, as the load_mnist of the book does':
    '참고: 책의 load_mnist처럼 픽셀을 float32로 반올림했습니다',
  'remark: the number added in the logarithm is smaller than the 1e-7 of the loss':
    '참고: 로그 안에 더한 수가 손실의 1e-7보다 작습니다',
  'remark: these are forward differences, (f(x + h) - f(x)) / h; {note}':
    '참고: 전진 차분 (f(x + h) - f(x)) / h입니다. {note}',
  'remark: these are backward differences, (f(x) - f(x - h)) / h; {note}':
    '참고: 후진 차분 (f(x) - f(x - h)) / h입니다. {note}',
  'the error of one-sided differences is of order h, that of (f(x + h) - f(x - h)) / (2 * h) of order h²':
    '한쪽 차분의 오차는 h에, (f(x + h) - f(x - h)) / (2 * h)의 오차는 h²에 비례합니다',
  'remark: within float32 is as near as rounding to float32 lets a gradient come; float64 has twice the digits':
    '참고: float32의 오차 안이란 float32로 반올림한 기울기가 가까워질 수 있는 한계라는 뜻입니다. float64는 자릿수가 두 배입니다',

  // check: mistakes that multiply
  'rows and columns are exchanged': '행과 열이 뒤바뀌었습니다',
  'dW1 = x.T @ dhidden is (784, hidden), dW2 = hidden.T @ dscores (hidden, 10), as W1 and W2 are':
    'W1, W2처럼 dW1 = x.T @ dhidden은 (784, hidden), dW2 = hidden.T @ dscores는 (hidden, 10)입니다',
  'the sign is wrong': '부호가 반대입니다',
  'it is y - t, not t - y; the minus of gradient descent stands in the update, w -= lr * gradient':
    't - y가 아니라 y - t입니다. 경사 하강법의 빼기는 갱신식 w -= lr * gradient에 있습니다',
  'once is enough: either in (y - t) / N or at the end': '한 번이면 됩니다: (y - t) / N에서 또는 마지막에',
  'the loss is a mean over the images alone: a sum over the classes, divided by N':
    '손실은 이미지에 대해서만 평균합니다: 클래스에 대해 더하고 N으로 나눕니다',
  'the loss is a mean over the images: (y - t) / N': '손실은 이미지에 대한 평균입니다: (y - t) / N',
  'it belongs into the update, w -= lr * gradient': '학습률은 갱신식 w -= lr * gradient에서 곱합니다',
  'a central difference is (f(x + h) - f(x - h)) / (2 * h)': '중심 차분은 (f(x + h) - f(x - h)) / (2 * h)입니다',
  'x lies in [0, 1]: the pixels, 0 to 255 and white on black, are divided by 255 once':
    'x는 [0, 1]의 값입니다: 검은 바탕에 흰 글씨인 0부터 255까지의 픽셀을 255로 한 번 나눕니다',
  'the loss is the mean of -log(y_t + 1e-7), with the natural logarithm':
    '손실은 -log(y_t + 1e-7)의 평균이며, 로그는 자연로그입니다',
  'it is not divided by the batch size {N}: a sum, not a mean':
    '배치 크기 {N}(으)로 나누지 않았습니다: 평균이 아니라 합입니다',
  'it is divided by the batch size {N} twice': '배치 크기 {N}(으)로 두 번 나누었습니다',
  'it is divided by {n}, not by the batch size {m}': '배치 크기 {m}이(가) 아니라 {n}(으)로 나누었습니다',
  'it is divided by the {n} classes too': '클래스 수 {n}(으)로도 나누었습니다',
  'it is divided by the {n} classes, not by the batch size {m}':
    '배치 크기 {m}이(가) 아니라 클래스 수 {n}(으)로 나누었습니다',
  'it is twice as large, as a difference divided by h and not by 2h': '2h가 아니라 h로 나눈 차분처럼 두 배입니다',
  'it is half as large, as a one-sided difference divided by 2h': '2h로 나눈 한쪽 차분처럼 절반입니다',
  'the learning rate {n} is multiplied in': '학습률 {n}이(가) 곱해져 있습니다',
  'it is 255 times as large, as with pixels of 0 to 255 on the way back alone':
    '역전파에서만 픽셀이 0부터 255까지인 것처럼 255배입니다',
  'it is 255 times too small, as with pixels that are divided twice': '픽셀을 두 번 나눈 것처럼 255분의 1입니다',
  'the loss has the logarithm to base 2': '손실의 로그가 밑이 2인 로그입니다',
  'the loss has the logarithm to base 10': '손실의 로그가 밑이 10인 로그입니다',
  'it is {n} times what it should be': '맞는 값의 {n}배입니다',
  'look for something multiplied or divided once too often': '한 번 더 곱하거나 나눈 곳을 찾아보세요',
  'it is not so in W2 and b2: look between dscores and dhidden, at dscores @ W2.T * hidden * (1 - hidden)':
    'W2와 b2에서는 그렇지 않습니다: dscores와 dhidden 사이, dscores @ W2.T * hidden * (1 - hidden)을 보세요',
  'it is so in {NAMES} alone: look at {CODE}': '{NAMES}에서만 그렇습니다: {CODE}을(를) 보세요',

  // check: known mistakes
  'on the way back through sigmoid multiply by hidden * (1 - hidden), hidden being its output':
    '시그모이드를 거슬러 갈 때는 hidden * (1 - hidden)을 곱합니다. hidden은 시그모이드의 출력입니다',
  "softmax stands once, at the end: a framework's cross entropy takes scores, not probabilities, and y - t takes one softmax":
    '소프트맥스는 마지막에 한 번입니다: 프레임워크의 교차 엔트로피는 확률이 아니라 점수를 받고, y - t에는 소프트맥스가 한 번 들어갑니다',
  'softmax runs over the classes of each image: np.sum(np.exp(a), axis=1, keepdims=True), or axis=-1':
    '소프트맥스는 이미지마다 클래스에 대해 구합니다: np.sum(np.exp(a), axis=1, keepdims=True), 또는 axis=-1',
  'sum over the images: db = d.sum(axis=0), which has one number for each unit':
    '이미지에 대해 더하세요: db = d.sum(axis=0). 유닛마다 수가 하나입니다',
  'row n of t has its 1 at the label of image n: t = np.eye(10)[labels], with labels 0 to 9':
    't의 n행은 이미지 n의 레이블 자리가 1입니다: t = np.eye(10)[labels], 레이블은 0부터 9까지',
  'take both by the same indices, in the same order: x_train[mask], t_train[mask]':
    '둘을 같은 번호로 같은 순서로 고르세요: x_train[mask], t_train[mask]',
  'hidden = sigmoid(x @ W1 + b1), y = softmax(hidden @ W2 + b2), with sigmoid(z) = 1 / (1 + exp(-z))':
    'hidden = sigmoid(x @ W1 + b1), y = softmax(hidden @ W2 + b2)이고 sigmoid(z) = 1 / (1 + exp(-z))입니다',
  'save the gradient as it is: the update works with it, not with what becomes of it':
    '기울기를 그대로 저장하세요: 갱신에서 달라진 값이 아니라 기울기 자체입니다',
  'add up the gradients of all images': '모든 이미지의 기울기를 더하세요',
  'the labels are those of this mini-batch in another order than its images':
    '레이블은 이 미니배치의 것이지만 이미지와 순서가 다릅니다',
  'the derivative of sigmoid is missing': '시그모이드의 미분이 빠졌습니다',
  'the derivative of sigmoid is taken at its output, not at its input':
    '시그모이드의 미분을 입력이 아니라 출력에서 구했습니다',
  'the derivative of sigmoid is taken as z * (1 - z) of its input z, not of its output':
    '시그모이드의 미분을 출력이 아니라 입력 z의 z * (1 - z)로 구했습니다',
  'only the factor hidden of the derivative of sigmoid is there': '시그모이드의 미분에서 hidden만 곱했습니다',
  'only the factor 1 - hidden of the derivative of sigmoid is there': '시그모이드의 미분에서 1 - hidden만 곱했습니다',
  'the derivative of sigmoid is multiplied in twice': '시그모이드의 미분을 두 번 곱했습니다',
  'the derivative of sigmoid is taken as 1 - hidden², that of tanh':
    '시그모이드의 미분을 tanh의 미분인 1 - hidden²으로 구했습니다',
  'the derivative of sigmoid is taken as that of ReLU': '시그모이드의 미분을 ReLU의 미분으로 구했습니다',
  'the derivative of sigmoid is taken as hidden * (1 + hidden)':
    '시그모이드의 미분을 hidden * (1 + hidden)으로 구했습니다',
  'sigmoid is missing in the forward pass, and in the backward pass': '순전파와 역전파에 모두 시그모이드가 없습니다',
  'sigmoid is missing in the forward pass; the backward pass has its derivative':
    '순전파에 시그모이드가 없고, 역전파에는 그 미분이 있습니다',
  'the hidden layer has ReLU, not sigmoid': '은닉층이 시그모이드가 아니라 ReLU입니다',
  'the forward pass has ReLU, the backward pass the derivative of sigmoid':
    '순전파는 ReLU인데 역전파는 시그모이드의 미분입니다',
  'the hidden layer has tanh, not sigmoid': '은닉층이 시그모이드가 아니라 tanh입니다',
  'the forward pass has tanh, the backward pass the derivative of sigmoid':
    '순전파는 tanh인데 역전파는 시그모이드의 미분입니다',
  'sigmoid has the wrong sign in its exponent, 1 / (1 + exp(z)), and is differentiated so':
    '시그모이드의 지수 부호가 반대이고(1 / (1 + exp(z))), 미분도 그렇게 했습니다',
  'sigmoid has the wrong sign in its exponent: 1 / (1 + exp(z))':
    '시그모이드의 지수 부호가 반대입니다: 1 / (1 + exp(z))',
  'sigmoid is applied twice in the forward pass': '순전파에서 시그모이드를 두 번 적용했습니다',
  'sigmoid is applied twice in the forward pass, and differentiated twice':
    '순전파에서 시그모이드를 두 번 적용하고, 미분도 두 번 했습니다',
  'b1 is not added in the forward pass': '순전파에서 b1을 더하지 않았습니다',
  'b2 is not added in the forward pass': '순전파에서 b2를 더하지 않았습니다',
  'neither b1 nor b2 is added in the forward pass': '순전파에서 b1도 b2도 더하지 않았습니다',
  'dscores goes back through W2 reshaped to (10, hidden), not through W2.T':
    'dscores가 W2.T가 아니라 (10, hidden)으로 reshape한 W2를 거슬러 갑니다',
  'dW2 is computed from the input of sigmoid, x @ W1 + b1, not from its output':
    'dW2를 시그모이드의 출력이 아니라 입력 x @ W1 + b1로 구했습니다',
  'softmax is applied twice': '소프트맥스를 두 번 적용했습니다',
  'softmax is applied twice (and differentiated twice)': '소프트맥스를 두 번 적용했습니다(미분도 두 번)',
  'softmax is missing: t is subtracted from the scores': '소프트맥스가 없습니다: 점수에서 t를 뺐습니다',
  'the last layer has sigmoid in the place of softmax': '마지막 층이 소프트맥스가 아니라 시그모이드입니다',
  'softmax runs over the whole batch, not over each image':
    '소프트맥스를 이미지마다가 아니라 배치 전체에 대해 구했습니다',
  'softmax runs over the whole batch, not over each image (and is differentiated so)':
    '소프트맥스를 이미지마다가 아니라 배치 전체에 대해 구했습니다(미분도 그렇게)',
  'softmax runs over the images (axis 0), not over the classes':
    '소프트맥스를 클래스가 아니라 이미지에 대해(axis 0) 구했습니다',
  'softmax runs over the images (axis 0), not over the classes (and is differentiated so)':
    '소프트맥스를 클래스가 아니라 이미지에 대해(axis 0) 구했습니다(미분도 그렇게)',
  'this is the gradient of half the mean squared error, not of the cross entropy':
    '교차 엔트로피가 아니라 평균 제곱 오차의 절반의 기울기입니다',
  'this is the gradient of the binary cross entropy of the probabilities, summed over the classes':
    '확률의 이진 교차 엔트로피를 클래스에 대해 더한 것의 기울기입니다',
  'the bias is averaged over the images, not summed': '편향을 이미지에 대해 더하지 않고 평균했습니다',
  'the bias has the last image only': '편향에 마지막 이미지만 들어 있습니다',
  'the bias has the first image only': '편향에 첫 이미지만 들어 있습니다',
  'the bias is not summed over the images: it has a row for each':
    '편향을 이미지에 대해 더하지 않았습니다: 이미지마다 행이 있습니다',
  'the bias is summed over the wrong axis': '편향을 다른 축에 대해 더했습니다',
  'the bias is averaged, and over the wrong axis': '편향을 다른 축에 대해 평균했습니다',
  'the bias is summed over both axes': '편향을 두 축 모두에 대해 더했습니다',
  'the bias is averaged over both axes': '편향을 두 축 모두에 대해 평균했습니다',
  'the bias is summed over both axes, and the sum stands in each entry':
    '편향을 두 축 모두에 대해 더해 모든 원소에 넣었습니다',
  'the 1 of t stands one place too far right, as for labels 1 to 10':
    '레이블이 1부터 10까지인 것처럼 t의 1이 한 칸 오른쪽에 있습니다',
  'the 1 of t stands one place too far right, and is missing for the last label':
    't의 1이 한 칸 오른쪽에 있고, 마지막 레이블에는 없습니다',
  'the 1 of t stands one place too far left': 't의 1이 한 칸 왼쪽에 있습니다',
  'the 1 of t stands one place too far left, and is missing for label 0':
    't의 1이 한 칸 왼쪽에 있고, 레이블 0에는 없습니다',
  't is all 0, or is not subtracted': 't가 모두 0이거나, t를 빼지 않았습니다',
  't is all 1': 't가 모두 1입니다',
  'the labels themselves are subtracted, image by image, without one-hot':
    '원-핫으로 바꾸지 않고 레이블 자체를 이미지마다 뺐습니다',
  'the labels themselves are subtracted, class by class, without one-hot':
    '원-핫으로 바꾸지 않고 레이블 자체를 클래스마다 뺐습니다',
  't is transposed': 't가 전치되어 있습니다',
  'the digits are counted down: the 1 of t stands at 9 - label':
    '숫자를 거꾸로 셌습니다: t의 1이 9 - 레이블 자리에 있습니다',
  "the net's own answer, argmax y, is subtracted in the place of the label":
    '레이블 대신 신경망 자신의 답 argmax y를 뺐습니다',
  'the labels are those of the first images, not of the mini-batch':
    '레이블이 미니배치가 아니라 첫 이미지들의 것입니다',
  '{order}: the images are sorted by their indices, the labels are not':
    '{order}: 이미지는 번호순으로 정렬되었고 레이블은 아닙니다',
  '{order}: the labels are sorted by their indices, the images are not':
    '{order}: 레이블은 번호순으로 정렬되었고 이미지는 아닙니다',
  '{order}: one of the two is reversed': '{order}: 둘 가운데 하나가 거꾸로입니다',
  '{order}: one place too late': '{order}: 한 칸 늦습니다',
  '{order}: one place too early': '{order}: 한 칸 이릅니다',
  'the pixels are 0 to 255': '픽셀이 0부터 255까지입니다',
  'the pixels are divided by 255 twice': '픽셀을 255로 두 번 나누었습니다',
  'the pixels are divided by 256, not by 255': '픽셀을 255가 아니라 256으로 나누었습니다',
  'the pixels are inverted, black on white: 1 - x': '픽셀이 반전되어 흰 바탕에 검은 글씨입니다: 1 - x',
  'the pixels are inverted, and not divided by 255: 255 - x': '픽셀이 반전되었고 255로 나누지 않았습니다: 255 - x',
  'the pixels are scaled to -1 to 1': '픽셀을 -1부터 1까지로 조정했습니다',
  'the pixels are 0 or 1: whether there is any ink': '픽셀이 0 또는 1입니다: 잉크가 있는지 없는지',
  'the pixels are 0 or 1: whether they are brighter than one half': '픽셀이 0 또는 1입니다: 절반보다 밝은지 아닌지',
  'the pixels are standardised by mean 0.1307 and standard deviation 0.3081':
    '픽셀을 평균 0.1307, 표준편차 0.3081로 표준화했습니다',
  'the pixels are standardised by the mean and the standard deviation of the mini-batch':
    '픽셀을 미니배치의 평균과 표준편차로 표준화했습니다',
  'the pixels of each image are standardised by its own mean and standard deviation':
    '이미지마다 그 평균과 표준편차로 픽셀을 표준화했습니다',
  'the mean of the mini-batch is subtracted from the pixels': '픽셀에서 미니배치의 평균을 뺐습니다',
  'rows and columns of every image are exchanged': '모든 이미지의 행과 열이 뒤바뀌었습니다',
  'only the last image counts: each overwrites the one before':
    '마지막 이미지만 반영됩니다: 이미지마다 앞의 것을 덮어씁니다',
  'only the first image counts': '첫 이미지만 반영됩니다',
  'count through all images: range(N), not range(N - 1)': '모든 이미지를 세세요: range(N - 1)이 아니라 range(N)',
  'the last image is left out': '마지막 이미지가 빠졌습니다',
  'W1, b1 belong to the hidden units, W2, b2 to the classes': 'W1, b1은 은닉 유닛의 것, W2, b2는 클래스의 것입니다',
  'the tensors of the two layers are swapped': '두 층의 텐서가 뒤바뀌었습니다',
  'was the gradient ever written into the array? A difference whose step is lost in rounding is 0 too':
    '기울기를 배열에 넣었나요? 간격이 반올림으로 사라진 차분도 0입니다',
  'all entries are 0': '모든 원소가 0입니다',
  'save the gradient': '기울기를 저장하세요',
  'these are the weights, not their gradient': '기울기가 아니라 가중치입니다',
  'these are the absolute values of the gradient': '기울기의 절댓값입니다',
  'these are the squares of the gradient': '기울기의 제곱입니다',
  "this is Adam's first step, the gradient divided by its size": '기울기를 그 크기로 나눈 Adam의 첫 스텝입니다',

  // check: mistakes with a number of their own
  'the loss is the cross entropy alone': '손실은 교차 엔트로피뿐입니다',
  'a penalty on large weights is added (L2, weight decay): {n} * W':
    '큰 가중치에 대한 벌점이 더해져 있습니다(L2, 가중치 감소): {n} * W',
  'a penalty on large weights is added (L1): {n} * sign(W)':
    '큰 가중치에 대한 벌점이 더해져 있습니다(L1): {n} * sign(W)',
  'compute all four gradients first, and update the weights afterwards':
    '먼저 기울기 네 개를 모두 구한 다음 가중치를 갱신하세요',
  'W2 is updated (learning rate {n}) before W1 and b1 get their gradient':
    'W1과 b1의 기울기를 구하기 전에 W2를 갱신했습니다(학습률 {n})',
  'these are the weights after a step of learning rate {n}, not the gradient':
    '기울기가 아니라 학습률 {n}(으)로 한 스텝 간 가중치입니다',
  'these are the weights after a step in the wrong direction of learning rate {n}, not the gradient':
    '기울기가 아니라 학습률 {n}(으)로 반대 방향으로 한 스텝 간 가중치입니다',
  't is one-hot: 1 at the label and 0 elsewhere': 't는 원-핫입니다: 레이블 자리는 1, 나머지는 0',
  'the labels are smoothed: {n} of the 1 is spread over all classes':
    '레이블이 평활화되어 있습니다: 1에서 {n}만큼이 모든 클래스에 퍼져 있습니다',
  'the entries are clipped to {n} … {m}': '원소가 {n} … {m}(으)로 잘려 있습니다',
  'the length of this tensor is scaled to {n}: clipped by norm, or normalised':
    '이 텐서의 길이가 {n}(으)로 조정되어 있습니다: 노름으로 잘랐거나 정규화했습니다',
  'the length of all four tensors is scaled to {n}: clipped by norm, or normalised':
    '텐서 네 개 전체의 길이가 {n}(으)로 조정되어 있습니다: 노름으로 잘랐거나 정규화했습니다',
  '{order}: {n} of {m} differ': '{order}: {m}개 중 {n}개가 다릅니다',
  'the labels are not those of the images': '레이블이 이미지의 것이 아닙니다',
  '{n} decimals': '소수점 아래 {n}자리',
  '{n} significant digits': '유효숫자 {n}자리',
  '{TYPE}, which has {n} binary digits': '이진 자릿수가 {n}인 {TYPE}',
  'the entries are rounded to {what}': '원소가 반올림되어 있습니다: {what}',
  'save the gradient before it is clipped or normalised': '자르거나 정규화하기 전의 기울기를 저장하세요',
  'save the gradient before it is clipped': '자르기 전의 기울기를 저장하세요',
  'save the numbers with all their digits: np.savez, and float64 all the way':
    '모든 자릿수를 저장하세요: np.savez로, 처음부터 끝까지 float64로',
  'these are differences of a loss in float32, which has steps of {n}: over 2h, {m}':
    'float32로 계산한 손실의 차분입니다. float32의 간격은 {n}, 2h로 나누면 {m}입니다',
  'compute the loss in float64: weights and images .astype(np.float64)':
    '손실을 float64로 계산하세요: 가중치와 이미지를 .astype(np.float64)로',
  'these are differences, but the parameters are not put back: each stays at w - h while the next one moves':
    '차분이지만 매개변수를 되돌리지 않았습니다: 다음 매개변수를 움직일 때 앞의 것이 w - h에 남아 있습니다',
  'restore it after both losses: x[idx] = tmp_val': '두 손실을 구한 뒤 되돌리세요: x[idx] = tmp_val',

  // check: other weights, other images
  'the images are others: {which}': '이미지가 다릅니다: {which}',
  'the first {n} training images': '훈련 이미지의 처음 {n}장',
  'drawn right after np.random.seed, before the weights': 'np.random.seed 바로 뒤, 가중치보다 먼저 뽑은 것',
  'the next ones that the random numbers draw': '난수가 다음에 뽑는 것',
  'those that the random numbers draw': '난수가 뽑는 것',
  'draw the weights first, then the images, as gd-train check --help shows':
    '가중치를 먼저, 이미지를 나중에 뽑으세요. 방법은 gd-train check --help에 있습니다',
  'take x_train[mask] and t_train[mask]': 'x_train[mask]와 t_train[mask]를 쓰세요',
  'W1 = 0.01 * np.random.randn(784, hidden), then W2 = 0.01 * np.random.randn(hidden, 10), biases 0':
    'W1 = 0.01 * np.random.randn(784, hidden), 그다음 W2 = 0.01 * np.random.randn(hidden, 10), 편향은 0',
  'x lies in [0, 1]: the pixels, 0 to 255, are divided by 255 once':
    'x는 [0, 1]의 값입니다: 0부터 255까지의 픽셀을 255로 한 번 나눕니다',
  'the images are test images, not training images: those with the same indices':
    '훈련 이미지가 아니라 시험 이미지입니다: 번호가 같은 것',
  'the images are test images, not training images: the first {n}':
    '훈련 이미지가 아니라 시험 이미지입니다: 처음 {n}장',
  'the images are test images, not training images: drawn as np.random.choice({n}, {m})':
    '훈련 이미지가 아니라 시험 이미지입니다: np.random.choice({n}, {m})로 뽑은 것',
  'the pixels are standardised by the mean and the standard deviation of all training images':
    '픽셀을 모든 훈련 이미지의 평균과 표준편차로 표준화했습니다',
  'the mean of all training images is subtracted from the pixels': '픽셀에서 모든 훈련 이미지의 평균을 뺐습니다',
  'drawn right after np.random.seed({n})': 'np.random.seed({n}) 바로 뒤에 뽑은 것',
  'np.random.seed({n}) first, or give gd-train check --seed {m}':
    '먼저 np.random.seed({n})을(를) 부르거나, gd-train check --seed {m}(으)로 채점하세요',
  'weights and images are those of seed {n}': '가중치와 이미지가 시드 {n}의 것입니다',
  'the weights are those of seed {n}': '가중치가 시드 {n}의 것입니다',
  'sqrt(1 / inputs) (Xavier)': 'sqrt(1 / 입력 수) (Xavier)',
  'sqrt(2 / inputs) (He)': 'sqrt(2 / 입력 수) (He)',
  'sqrt(2 / (inputs + outputs)) (Glorot)': 'sqrt(2 / (입력 수 + 출력 수)) (Glorot)',
  'the weights have a standard deviation of {what}, not of 0.01': '가중치의 표준편차가 0.01이 아니라 {what}입니다',
  'the images are drawn before the weights': '이미지를 가중치보다 먼저 뽑았습니다',
  'W2 is drawn before W1': 'W2를 W1보다 먼저 뽑았습니다',
  'the weights are drawn by np.random.rand, not by randn': '가중치를 randn이 아니라 np.random.rand로 뽑았습니다',
};
