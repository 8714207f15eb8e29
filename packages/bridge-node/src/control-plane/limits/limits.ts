/** What one bridge allows. Every value may be lowered or raised in `limits` of the options. */
export interface Limits {
  /** Sessions at once; default 100. */
  readonly sessions: number;
  /** Sessions at once for one named subject; default 10. Without `authorize`, and with `'open'`, nobody has a name. */
  readonly sessionsPerSubject: number;
  /** Participants in one session, listeners and observers among them; default 16. */
  readonly participants: number;
  /** Sessions a named subject may open in a minute, 20 of them at once; default 60. */
  readonly opensPerMinute: number;
  /** Joins of one session in a minute, as many at once as there may be participants and ten more; default 60. */
  readonly joinsPerMinute: number;
  /** Changes of participants of one session over HTTP in a minute, 30 of them at once; default 300. */
  readonly changesPerMinute: number;
  /** How long a session that was opened without an offer waits for somebody to join, in seconds; default 60. */
  readonly joinSeconds: number;
  /** Followers of events at once, over all conversations; default 1,000. */
  readonly feeds: number;
  /** Followers of one conversation's events at once; default 64. */
  readonly feedsPerConversation: number;
  /** Times a conversation's events are begun to be followed in a minute, as many at once as may follow and ten more; default 300. */
  readonly followsPerMinute: number;
  /** WebSockets at once, over all sessions, and peers that signal, however they do; default 1,000. */
  readonly webSockets: number;
  /** WebSockets, streams of events and peers that signal, all together, at once of one named subject; default 60. */
  readonly connectionsPerSubject: number;
  /** Largest HTTP body in bytes; default 65,536. */
  readonly bodyBytes: number;
  /** Longest typed text in UTF-16 units; default and at most 4,000. */
  readonly textLength: number;
  /** Texts typed into one session over HTTP in a minute, ten of them at once; default 60. */
  readonly textsPerMinute: number;
  /** From a participant's answer to its connection, in seconds; default 15. */
  readonly connectSeconds: number;
  /** A session closes after this; default 60, the model's own limit. */
  readonly sessionMinutes: number;
  /** A session closes when nobody spoke or typed for this long; default 10. */
  readonly idleMinutes: number;
  /** From a tool call to its result, for tools that name no time of their own; default 30. */
  readonly toolSeconds: number;
  /** Lines of earlier sessions told to the model; default 40. */
  readonly historyLines: number;
  /** UTF-16 units of earlier sessions told to the model; default 8,000. */
  readonly historyCharacters: number;
}
