/** Until the failure itself is heard, no more is known than that others have undone what they did. */
export const PARTICIPANT_FAILED = 'PARTICIPANT_FAILED';
