import type { SessionDirectory } from '../directory/session-directory.ts';
import type { Settings } from '../settings.ts';
import type { Access } from './access.ts';
import type { SessionRequests, ValidateOffer } from './session-requests.ts';

/** What the endpoints run on. */
export interface EndpointPorts {
  readonly settings: Settings;
  readonly access: Access;
  readonly directory: SessionDirectory;
  readonly requests: SessionRequests;
  readonly validateOffer: ValidateOffer;
  readonly validateAnswer: ValidateOffer;
  readonly mintConversationId: () => string;
}
