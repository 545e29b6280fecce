// What a customer writes, as a mail relay would bring it.

/**
 * A mail, sent just now, of somebody who has never written before.
 *
 * @param {string} id - the first part of its Message-ID
 * @param {string} text
 * @param {string} [more] - further header lines, each with its line end
 */
export const mail = (id, text, more = "") => `From: Odile Fresh <odile@mail.example>
To: shop@foldwell.example
Subject: Blue ribbon
Message-ID: <${id}@mail.example>
${more}Date: ${new Date().toUTCString().replace("GMT", "+0000")}

${text}
`;
