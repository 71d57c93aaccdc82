import type { Table } from '../translate.js';

/** Errors in a sweep or its queue, and their remedies. */
export const SWEEP: Table = {
  // Sweeps
  '{OPTION} takes {what}, or several separated by commas, got {value}':
    '{OPTION}에 쓸 수 있는 값: {what}, 또는 쉼표로 구분한 여러 값. 받은 값: {value}',
  'a positive number, a range such as 0.001..1 x7': '양수, 0.001..1 x7 같은 범위',
  'a whole number from {LEAST} to {MOST}, a range such as 0..4 or 10..1000 x5':
    '{LEAST}부터 {MOST}까지의 정수, 0..4나 10..1000 x5 같은 범위',
  '{NAMES} (not tfjs, whose last bits differ from machine to machine)':
    '{NAMES} (tfjs는 컴퓨터마다 마지막 비트가 달라 쓸 수 없음)',
  '{OPTION} "" has no values: name one or more, separated by commas':
    '{OPTION}의 값이 비어 있습니다. 하나 이상을 쉼표로 구분해 주세요',
  'there is no value {INDEX} of {COUNT}': '값 {COUNT}개 가운데 {INDEX}번은 없습니다',
  'an empty place between its commas': '쉼표 사이의 빈 자리',
  '{OPTION} {VALUE}: a range is of numbers': '{OPTION} {VALUE}: 범위는 수로 주어야 합니다',
  '{OPTION} {VALUE} ends before it begins: write {RANGE}':
    '{OPTION} {VALUE}: 끝이 처음보다 작습니다. {RANGE}(으)로 쓰세요',
  '{OPTION} {VALUE} does not say how many values: write {RANGE} x5, say':
    '{OPTION} {VALUE}: 값의 개수가 없습니다. {RANGE} x5처럼 쓰세요',
  '{OPTION} {VALUE}: a range has at least two values, x2': '{OPTION} {VALUE}: 범위의 값은 둘(x2) 이상이어야 합니다',
  '{OPTION} {VALUE}: values with equal ratios must be above 0': '{OPTION} {VALUE}: 비율이 같은 값은 0보다 커야 합니다',
  'one a run, named by a digest of its settings': '실행마다 하나, 이름은 설정의 다이제스트',
  '{PATH} is in a folder that is missing: make that first': '{PATH}이(가) 있을 폴더가 없습니다. 먼저 만드세요',
  '{PATH} is a file: name a folder': '{PATH}은(는) 파일입니다. 폴더 이름을 주세요',
  '{PATH} is not the folder of a sweep, it holds {NAME}: name a new folder':
    '{PATH}은(는) sweep의 폴더가 아닙니다. {NAME}이(가) 들어 있습니다. 새 폴더 이름을 주세요',
  '{PATH} is the record of run {NAME}: rename it': '{PATH}은(는) 실행 {NAME}의 기록입니다. 이름을 바꾸세요',
  '{MACHINE} got weights {DIGEST}': '{MACHINE}의 가중치 {DIGEST}',
  '{MACHINE} got weights {DIGEST} without the SIMD kernels': '{MACHINE}의 가중치 {DIGEST} (SIMD 커널 없이)',
  'run {NAME} has two results: {first}, {second}; one of these machines is at fault':
    '실행 {NAME}의 결과가 둘입니다: {first}, {second}. 두 컴퓨터 가운데 하나에 문제가 있습니다',
  'process {PID} on {HOST}': '{HOST}의 프로세스 {PID}',
  'a process that has just begun': '방금 시작한 프로세스',
  '{PATH} is in use by another sweep, {who}: wait for it, or name another --out; if it is gone, delete {FILE}':
    '다른 sweep이 {PATH}을(를) 쓰고 있습니다: {who}. 끝나기를 기다리거나 --out에 다른 폴더를 주세요. 이미 끝났다면 {FILE}을(를) 지우세요',
  'its worker thread ended ({why})': '작업 스레드가 끝났습니다({why})',
  'these lists make {runs}; a sweep may have {MOST}: shorten them, or add --sample 100':
    '이 목록들의 조합은 {runs}입니다. sweep은 {MOST}번까지 됩니다. 목록을 줄이거나 --sample 100을 더하세요',
  'these lists make {runs}; --sample draws from {MOST} at most, and from {VALUES} values of one list: shorten them':
    '이 목록들의 조합은 {runs}입니다. --sample은 최대 {MOST}번, 목록 하나에서 값 {VALUES}개까지 됩니다. 목록을 줄이세요',
  '--sample {COUNT} is more than there are: these lists make {runs}':
    '--sample {COUNT}이(가) 전체보다 많습니다: 이 목록들의 조합은 {runs}입니다',
  '{PATH} is not the record of a run: it has {n} bytes': '{PATH}은(는) 실행의 기록이 아닙니다: {n}바이트입니다',
  '{PATH} is not the record of a run: {why}; delete it, and the run will be made again':
    '{PATH}은(는) 실행의 기록이 아닙니다: {why}. 지우면 다시 실행합니다',
  'it has {n} characters': '{n}자입니다',
  'its format is {VALUE}, not "{NAME}"': '형식이 "{NAME}"이(가) 아니라 {VALUE}입니다',
  'its id {ID} is not that of its settings, {OTHER}': 'id {ID}이(가) 설정의 id {OTHER}과(와) 다릅니다',
  'curve {NAME} is out of range: {VALUE}': '곡선 {NAME}의 값이 범위를 벗어났습니다: {VALUE}',

  // Queues
  'no worker on this machine, where results would have other last bits: {why}':
    '이 컴퓨터에서는 마지막 비트가 달라지므로 worker를 할 수 없습니다: {why}',
  'name the queue: {OPTION} {example}, or the same in {VARIABLE}':
    '큐를 지정하세요: {OPTION} {example}. {VARIABLE} 환경 변수로 주어도 됩니다',
  'redis://host, redis://user:password@host:6379 or rediss://host':
    'redis://host, redis://user:password@host:6379 또는 rediss://host',
  '{OPTION} must be {what}': '{OPTION}에 쓸 수 있는 값: {what}',
  'redis://host, redis://user:password@host:6379 or rediss://host{more}':
    'redis://host, redis://user:password@host:6379 또는 rediss://host{more}',
  ', got {VALUE}': '. 받은 값: {VALUE}',
  '; in a password, characters such as @ : / # ? % are written %40 %3A %2F %23 %3F %25':
    '. 암호의 @ : / # ? % 같은 문자는 %40 %3A %2F %23 %3F %25로 씁니다',
  ', not {VALUE}': '. 받은 값: {VALUE}',
  '; it has no host': '. 호스트가 없습니다',
  '; nothing follows a ? or #': '. ?나 # 뒤에는 아무것도 올 수 없습니다',
  '; after the host comes nothing, or the number of a database': '. 호스트 뒤에는 데이터베이스 번호만 올 수 있습니다',
  '--queue needs BullMQ, which {why}: npm install bullmq@5':
    '--queue에는 BullMQ가 필요한데 {why}: npm install bullmq@5',
  'is not installed': '설치되어 있지 않습니다',
  'does not load ({MESSAGE})': '불러오지 못했습니다({MESSAGE})',
  '{LABEL} does not answer; waiting for it': '{LABEL}이(가) 응답하지 않습니다. 기다립니다',
  '{LABEL} answers again': '{LABEL}이(가) 다시 응답합니다',
  '{LABEL} wants another user or password ({MESSAGE}): GD_TRAIN_QUEUE=redis://USER:PASSWORD@{HOST}':
    '{LABEL}의 사용자나 암호가 맞지 않습니다({MESSAGE}): GD_TRAIN_QUEUE=redis://USER:PASSWORD@{HOST}',
  '{LABEL} refuses: {MESSAGE}': '{LABEL}이(가) 거절했습니다: {MESSAGE}',
  '{LABEL} is not a Redis or Valkey server ({MESSAGE}): check host and port':
    '{LABEL}은(는) Redis나 Valkey 서버가 아닙니다({MESSAGE}). 호스트와 포트를 확인하세요',
  '{LABEL} has an unknown host: check its name': '{LABEL}의 호스트를 찾을 수 없습니다. 이름을 확인하세요',
  "{LABEL} has a certificate that is not trusted ({MESSAGE}): set NODE_EXTRA_CA_CERTS to its authority's file":
    '{LABEL}의 인증서를 신뢰할 수 없습니다({MESSAGE}). NODE_EXTRA_CA_CERTS를 인증 기관의 파일로 설정하세요',
  '{LABEL} does not speak TLS ({MESSAGE}): redis:// is without':
    '{LABEL}은(는) TLS를 쓰지 않습니다({MESSAGE}). TLS가 없는 것은 redis://입니다',
  '{LABEL} does not answer ({message}) within 10 seconds: start Redis or Valkey there, such as by redis-server --appendonly yes, or check host, port and firewall; redis:// is without TLS':
    '{LABEL}이(가) 10초 안에 응답하지 않습니다({message}). 거기서 redis-server --appendonly yes처럼 Redis나 Valkey를 시작하거나, 호스트와 포트와 방화벽을 확인하세요. TLS가 없는 것은 redis://입니다',
  '{LABEL} does not answer ({message}) within 10 seconds: start Redis or Valkey there, such as by redis-server --appendonly yes, or check host, port and firewall; rediss:// is with TLS':
    '{LABEL}이(가) 10초 안에 응답하지 않습니다({message}). 거기서 redis-server --appendonly yes처럼 Redis나 Valkey를 시작하거나, 호스트와 포트와 방화벽을 확인하세요. TLS를 쓰는 것은 rediss://입니다',
  silence: '응답 없음',
  '{LABEL} has version {VERSION}; 6.2 is the oldest that will do':
    '{LABEL}의 버전은 {VERSION}입니다. 6.2 이상이어야 합니다',
  '{LABEL} may throw runs away when its memory is full (maxmemory-policy {POLICY}): set noeviction':
    '메모리가 가득 차면 {LABEL}이(가) 실행을 버릴 수 있습니다(maxmemory-policy {POLICY}). noeviction으로 설정하세요',
  'a machine without a name': '이름 없는 컴퓨터',
  'one worker after the other ended while it made this run': '이 실행을 맡은 worker가 잇따라 끝났습니다',
  'no answer': '응답이 없습니다',
  '{why} (on {HOST})': '{why} ({HOST}에서)',
  'the answer of {HOST}': '{HOST}의 응답',
  'the answer of {HOST} is about another run, {ID}': '{HOST}의 응답은 다른 실행 {ID}의 것입니다',
  'a second answer': '두 번째 응답',
  'no worker takes the {runs} that wait: on some machines, start gd-train worker --queue {URL} of version {VERSION} with the same images ({NAME})':
    '기다리는 {runs}을 맡을 worker가 없습니다. 다른 컴퓨터에서 버전이 {VERSION}이고 이미지가 같은({NAME}) gd-train worker --queue {URL}을(를) 시작하세요',
  'it is for version {VERSION} or other images': '버전 {VERSION}이나 다른 이미지의 것입니다',
  'not a run for this worker: {why}': '이 worker의 실행이 아닙니다: {why}',
};
