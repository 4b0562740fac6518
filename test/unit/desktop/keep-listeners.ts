const EVENTS = ['SIGTERM', 'SIGINT', 'SIGHUP', 'uncaughtException', 'unhandledRejection'] as const;

/** Takes away what the code under test added to this very process, and nothing of the test runner's. */
export function keepListeners(): () => void {
  const before = new Map(EVENTS.map((event) => [event, process.rawListeners(event)]));
  return () => {
    for (const event of EVENTS)
      for (const listener of process.rawListeners(event))
        if (!before.get(event)?.includes(listener)) process.off(event, listener as () => void);
  };
}
