/** Headers in which the SDKs of the dialects send their key, in lower case; a client's access token comes in one of them. */
export const CREDENTIAL_HEADERS = ["authorization", "x-api-key", "x-goog-api-key"] as const;
