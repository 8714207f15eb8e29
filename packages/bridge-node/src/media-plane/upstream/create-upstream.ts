import type { SessionOptions } from '../../seam/session-commands.ts';
import { OpenAiUpstream } from './openai/openai-upstream.ts';
import type { Upstream, UpstreamDependencies, UpstreamSinks } from './upstream.ts';

/** The upstream for the session's provider; it dials when it is opened. */
export function createUpstream(
  options: SessionOptions,
  dependencies: UpstreamDependencies,
  sinks: UpstreamSinks,
): Upstream {
  switch (options.upstream.provider) {
    case 'openai':
      return new OpenAiUpstream(options, dependencies, sinks);
  }
}
