/**
 * Every cookie of the app is Secure, HttpOnly and SameSite=Lax, whatever the app says (row E07): also one that asks for
 * `SameSite=None` or says nothing. A flag that is there already is not repeated.
 */
export const cookies = (): string[] => ['proxy_cookie_flags ~ secure httponly samesite=lax;'];
