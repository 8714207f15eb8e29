import { expect, it } from 'vitest';
import { parseRecogniserLog } from './recogniser-log.ts';

const LOG = `INFO: cmn.c(133): CMN: 42.12 -3.34  4.09
INFO: pocketsphinx.c(1168): set the lamp to red (-7141)
word                 start end   pprob ascr       lscr       lback
<sil>                0     41    1.000 -9000      -337       1  
set                  42    51    1.000 -300       0          1  
(NULL)               51    51    1.000 0          0          1  
to(3)                52    56    1.000 -150       0          1  
[NOISE]              57    60    1.000 -500       -337       1  
red                  61    65    1.000 -250       0          1  
INFO: batch.c(760): 1: 2.23 seconds speech, 0.18 seconds CPU, 0.47 seconds wall
`;

it('reads the words without silence, noise and numbers of pronunciations, and how well they fit', () => {
  expect(parseRecogniserLog(LOG)).toEqual({ text: 'set to red', score: -35 });
});

it('finds nothing in a log without a hypothesis', () => {
  expect(
    parseRecogniserLog('ERROR: "fsg_search.c", line 940: Final result does not match the grammar\n'),
  ).toBeUndefined();
});
