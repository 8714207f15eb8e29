import type { DemoInfo } from './demo-info.ts';

const COST = { local: 'free', openai: 'costs money', custom: 'your server' } as const;

/** Says which model answers and what talking to it costs. */
export function ModelBadge({ info }: { info: DemoInfo | null }) {
  if (info === null) return null;
  return (
    <p className="badge" data-model={info.model}>
      {info.name}: {COST[info.model]}
    </p>
  );
}
