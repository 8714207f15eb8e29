import { constants, setPriority } from 'node:os';
import type * as z from 'zod/mini';
import { type Order, orderSchema, type Report } from './messages.ts';

/** Tells the process that started this one. */
export function tell(report: Report): void {
  process.send?.(report);
}

/** Takes its orders; when it is gone, so is this process. */
export function obey(take: (order: Order) => void): void {
  process.on('message', (message) => take(orderSchema.parse(message)));
  process.on('disconnect', () => process.exit(0));
}

/** From now on this process has what the others leave of the machine: attackers must not be what makes the attacked late. */
export function standBack(): void {
  setPriority(constants.priority.PRIORITY_LOW);
}

/** What this process was started with. */
export function settings<Schema extends z.ZodMiniType>(schema: Schema): z.infer<Schema> {
  return schema.parse(JSON.parse(process.argv[2] ?? '{}'));
}

/** The machine's monotonic clock in ms: the same in every process. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}
