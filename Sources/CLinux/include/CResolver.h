#ifndef CRESOLVER_H
#define CRESOLVER_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/// What the header and the question of a DNS message say (RFC 1035 section 4.1).
struct dns_message_summary {
  /// ID
  uint16_t identifier;
  /// QR
  uint8_t is_response;
  /// TC
  uint8_t is_truncated;
  /// AD (RFC 4035 section 3.2.3)
  uint8_t is_authentic_data;
  /// RCODE
  uint8_t response_code;
  /// ANCOUNT
  uint16_t answer_count;
};

/// Writes a query for `name` with one question of class IN, recursion desired. With `dnssec` it has the AD bit, and the DO bit in
/// an OPT record (RFC 6840 section 5.7, RFC 3225).
/// Returns its length, or -1 when the name is no domain name or `capacity` is too small.
int dns_message_make_query(const char *name, uint16_t type, uint16_t identifier, int dnssec, uint8_t *buffer, size_t capacity);

/// Reads the header of a message. Returns 0, or -1 when the message is malformed.
int dns_message_summarize(const uint8_t *message, size_t length, struct dns_message_summary *summary);

/// Whether both messages have one and the same question: name (letter case apart), type and class. Returns 1 or 0.
int dns_message_same_question(const uint8_t *left, size_t left_length, const uint8_t *right, size_t right_length);

/// Copies the data of the answer record at `index`, when it is of class IN and of `type` and belongs to the name that was asked for, or
/// to one that the answer's CNAME records lead to from there, into `data`.
/// Returns its length, which may exceed `capacity` (then nothing is copied), -1 when the message is malformed, or -2 when the
/// record is of another type, class or owner.
int dns_message_answer(const uint8_t *message, size_t length, int index, uint16_t type, uint8_t *data, size_t capacity);

/// Looks up a user. Returns 0, an errno, or -1 when there is no such user.
int user_lookup(const char *name, uid_t *uid, gid_t *gid);

/// Looks up a group. Returns 0, an errno, or -1 when there is no such group.
int group_lookup(const char *name, gid_t *gid);

/// The description of an errno, "Connection refused"; "Unknown error" when it has none. Valid for ever.
const char *error_description(int error);

#endif
