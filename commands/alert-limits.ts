/** Alerts that one chat may have. */
export const MOST_ALERTS = { private: 25, group: 100, channel: 100 } as const;
