/** `npm run bench:micro`: what the small things cost that are done for every packet or frame. Half a minute on an idle machine. */
import { audioOperations } from './micro/audio.ts';
import { bareForwarderFigure } from './micro/bare-forwarder.ts';
import { forwardingOperations } from './micro/forwarding.ts';
import { guardOperations } from './micro/guard.ts';
import { measure } from './micro/measure.ts';
import { forwardingThroughSession, mixingFigures, mixingOperations } from './micro/mixing.ts';
import { srtpOperations } from './micro/srtp.ts';
import { writeReport } from './support/report.ts';

const guard = await guardOperations();
const operations = [
  ...srtpOperations(),
  ...forwardingOperations(),
  forwardingThroughSession(),
  ...guard.operations,
  ...mixingOperations(),
  ...(await audioOperations()),
];
const figures = [...operations.flatMap(measure), await bareForwarderFigure(), ...mixingFigures()];
await guard.close();
process.exitCode = writeReport('micro', figures) ? 0 : 1;
