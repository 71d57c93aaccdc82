import { CLASSES, ROW, VECTOR, addProduct, units } from './lanes';
import { exp, expm1, inverseFactorial, sigmoid } from './exp';
import { log, logOfQuotient, logOfQuotientNear1 } from './log';
import { Net, Work, target, workOf } from './net';
import { LOG_GUARD, label } from './output';
import { VALUE, place } from './sparse';
import { descendW2 } from './backward';
