#ifndef _GNU_SOURCE
#define _GNU_SOURCE
#endif

#include "CResolver.h"

#include <arpa/nameser.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <grp.h>
#include <pwd.h>
#include <resolv.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

// An OPT record for the root with a payload size of 1232 and the DO bit. The resolver's own routine for it is not exported.
static const uint8_t opt_record[] = {0, 0, ns_t_opt, 1232 >> 8, 1232 & 0xFF, 0, 0, 0x80, 0, 0, 0};

int dns_message_make_query(const char *name, uint16_t type, uint16_t identifier, int dnssec, uint8_t *buffer, size_t capacity) {
  // The routine takes its options from the state and nothing else, so that /etc/resolv.conf need not be read.
  struct __res_state state;
  memset(&state, 0, sizeof state);
  state.options = RES_RECURSE | (dnssec ? RES_TRUSTAD : 0);
  int length = res_nmkquery(
      &state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, buffer, capacity > INT_MAX ? INT_MAX : (int)capacity);
  if (length < NS_HFIXEDSZ) return -1;
  buffer[0] = (uint8_t)(identifier >> 8);
  buffer[1] = (uint8_t)identifier;
  if (!dnssec) return length;
  if (capacity - (size_t)length < sizeof opt_record) return -1;
  memcpy(buffer + length, opt_record, sizeof opt_record);
  buffer[11] = 1;  // ARCOUNT
  return length + (int)sizeof opt_record;
}

static int parse(const uint8_t *message, size_t length, ns_msg *parsed) {
  if (length > NS_MAXMSG) return -1;
  return ns_initparse(message, (int)length, parsed);
}

int dns_message_summarize(const uint8_t *message, size_t length, struct dns_message_summary *summary) {
  ns_msg parsed;
  if (parse(message, length, &parsed) != 0) return -1;
  summary->identifier = ns_msg_id(parsed);
  summary->is_response = ns_msg_getflag(parsed, ns_f_qr) != 0;
  summary->is_truncated = ns_msg_getflag(parsed, ns_f_tc) != 0;
  summary->is_authentic_data = ns_msg_getflag(parsed, ns_f_ad) != 0;
  summary->response_code = (uint8_t)ns_msg_getflag(parsed, ns_f_rcode);
  summary->answer_count = ns_msg_count(parsed, ns_s_an);
  return 0;
}

static int question(const uint8_t *message, size_t length, ns_rr *record) {
  ns_msg parsed;
  if (parse(message, length, &parsed) != 0 || ns_msg_count(parsed, ns_s_qd) != 1) return -1;
  return ns_parserr(&parsed, ns_s_qd, 0, record);
}

int dns_message_same_question(const uint8_t *left, size_t left_length, const uint8_t *right, size_t right_length) {
  ns_rr a, b;
  if (question(left, left_length, &a) != 0 || question(right, right_length, &b) != 0) return 0;
  return ns_rr_type(a) == ns_rr_type(b) && ns_rr_class(a) == ns_rr_class(b) && strcasecmp(ns_rr_name(a), ns_rr_name(b)) == 0;
}

// Longer chains of CNAME records are followed by no resolver either.
enum { CHAIN_LIMIT = 16 };

// Whether `owner` is the name in the question, or one that CNAME records lead to from there, in whatever order they stand.
static int is_asked_for(const ns_msg *parsed, const char *owner) {
  ns_rr record;
  ns_msg walk = *parsed;
  char name[NS_MAXDNAME];
  if (ns_msg_count(walk, ns_s_qd) != 1 || ns_parserr(&walk, ns_s_qd, 0, &record) != 0) return 0;
  strcpy(name, ns_rr_name(record));
  for (int step = 0; step < CHAIN_LIMIT; step++) {
    if (strcasecmp(name, owner) == 0) return 1;
    int next = -1;
    for (int index = 0; index < ns_msg_count(walk, ns_s_an) && next < 0; index++) {
      if (ns_parserr(&walk, ns_s_an, index, &record) != 0) return 0;
      if (ns_rr_type(record) == ns_t_cname && ns_rr_class(record) == ns_c_in && strcasecmp(ns_rr_name(record), name) == 0) next = index;
    }
    if (next < 0) return 0;
    if (ns_name_uncompress(ns_msg_base(walk), ns_msg_end(walk), ns_rr_rdata(record), name, sizeof name) < 0) return 0;
  }
  return 0;
}

int dns_message_answer(const uint8_t *message, size_t length, int index, uint16_t type, uint8_t *data, size_t capacity) {
  ns_msg parsed;
  ns_rr record;
  if (parse(message, length, &parsed) != 0 || ns_parserr(&parsed, ns_s_an, index, &record) != 0) return -1;
  if (ns_rr_class(record) != ns_c_in || ns_rr_type(record) != type) return -2;
  if (!is_asked_for(&parsed, ns_rr_name(record))) return -2;
  size_t data_length = ns_rr_rdlen(record);
  if (data_length <= capacity) memcpy(data, ns_rr_rdata(record), data_length);
  return (int)data_length;
}

int user_lookup(const char *name, uid_t *uid, gid_t *gid) {
  char buffer[16384];
  struct passwd entry, *found = NULL;
  int error = getpwnam_r(name, &entry, buffer, sizeof buffer, &found);
  if (error != 0) return error;
  if (found == NULL) return -1;
  *uid = entry.pw_uid;
  *gid = entry.pw_gid;
  return 0;
}

int group_lookup(const char *name, gid_t *gid) {
  // The members are in it too.
  size_t capacity = 1 << 20;
  char *buffer = malloc(capacity);
  if (buffer == NULL) return ENOMEM;
  struct group entry, *found = NULL;
  int error = getgrnam_r(name, &entry, buffer, capacity, &found);
  if (error == 0 && found != NULL) *gid = entry.gr_gid;
  free(buffer);
  if (error != 0) return error;
  return found == NULL ? -1 : 0;
}

const char *error_description(int error) {
  const char *description = strerrordesc_np(error);
  return description != NULL ? description : "Unknown error";
}
