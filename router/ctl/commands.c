/* commands.c: the table of all commands, with what help says about each. */
#include "config.h"

#include "commands.h"

const CtlCommand ctl_commands[] = {
  { "status", "Looking", "", "Whether the router runs, and what it has done", //
    "Example\n"
    "  signalboxctl status\n"
    "\n"
    "The ledger counts every delivery in exactly one state; a difference other than 0 is a fault "
    "of\n"
    "the router, shown in red.\n"
    "\n"
    "Exit codes: 0 all is well, 1 it runs but its disk is full or the ledger does not balance,\n"
    "69 not reachable.\n",
    command_status },
  { "top", "Looking", "", "Rates, backlogs and breakers, again and again",
    "The connectors with the longest backlog first.  q ends it, any other key asks for a new "
    "picture at\n"
    "once.  Where it is no terminal the pictures follow each other.\n"
    "\n"
    "Examples\n"
    "  signalboxctl top\n"
    "  signalboxctl top --count 2 --interval 5s    # rates over five seconds\n"
    "\n"
    "Exit codes: 0, 69 not reachable.\n",
    command_top },
  { "doctor", "Looking", "", "Whether the router, its store, its disk and its folders are well",
    "Checks the ledger, the store's version, free space, how long a small commit takes on this "
    "disk,\n"
    "who can read the store, the write-ahead log, the clock and the configuration.  Works with "
    "the\n"
    "router running or not; nothing in the store is changed.  Each line that is not ok says what "
    "to\n"
    "do.\n"
    "\n"
    "Examples\n"
    "  signalboxctl doctor\n"
    "  signalboxctl doctor --integrity --state /var/lib/signalbox\n"
    "\n"
    "Exit codes: 0 all is well, 1 there are warnings (that no router runs is one), 70 there is a "
    "fault.\n",
    command_doctor },
  { "routes", "Looking", "", "Sources, rules and connectors, with their counts",
    "Exit codes: 0, 69 not reachable.\n", command_routes },
  { "breaker", "Looking", "", "Which connectors take deliveries, and what holds the others",
    "open: it takes deliveries.  shut: too many failed, it is tried again at the time shown.  "
    "probing:\n"
    "it is being tried with one delivery.  paused: until somebody resumes it.  Deliveries of a "
    "connector\n"
    "that is not open are held.\n"
    "\n"
    "Exit codes: 0 all are open, 1 some are not, 69 not reachable.\n",
    command_breaker },
  { "events", "Looking", "", "Which events came in, newest first",
    "Examples\n"
    "  signalboxctl events --from 1h --source github\n"
    "  signalboxctl events --unmatched\n"
    "  signalboxctl events --follow\n"
    "\n"
    "With --follow the newest come last, and new ones are printed as they come in, until Ctrl-C;\n"
    "with --json one JSON object a line.\n"
    "\n"
    "Exit codes: 0, 1 there are none, 65 a filter was refused, 69 not reachable.\n",
    command_events },
  { "show", "Looking", "<event or delivery>", "The journey of one event or delivery",
    "Shows what came in, which rules matched, each delivery with all of its attempts, and when "
    "the\n"
    "next attempt is due.  The id is one that send, events or deliveries print.\n"
    "\n"
    "Examples\n"
    "  signalboxctl show 01939b2e-7c1a-7000-8000-5f0e1c9a3b21\n"
    "  signalboxctl show --payload 01939b2e-7c1a-7000-8000-5f0e1c9a3b21-2\n"
    "\n"
    "Exit codes: 0, 1 there is none with this id, 69 not reachable.\n",
    command_show },
  { "explain", "Looking", "<rule> <event>", "Why a rule did or did not match an event",
    "For each condition of the rule whether it held, which value of the event decided it and "
    "where\n"
    "that stands, and why.  The rule is one of the router's (bus/name), or a file, - or JSON: a\n"
    "rule's file or a pattern.  The event is one that the router keeps, by its id, or a file, - "
    "or\n"
    "JSON: a whole EventBridge envelope, or with --detail what is inside.\n"
    "\n"
    "Examples\n"
    "  signalboxctl explain default/pushes 01939b2e-7c1a-7000-8000-5f0e1c9a3b21\n"
    "  signalboxctl explain rule/default/pushes.json event.json\n"
    "\n"
    "The router is asked only for a rule or an event of its own.\n"
    "\n"
    "Exit codes: 0 it matches, 1 it does not, or there is no such rule or event, 65 the pattern "
    "or\n"
    "the event is not valid, 66 a file cannot be read, 69 not reachable.\n",
    command_explain },
  { "deliveries", "Looking", "", "Deliveries in any state, newest first",
    "Examples\n"
    "  signalboxctl deliveries --connector webhook/billing --from 1h\n"
    "  signalboxctl deliveries --state dead,discarded\n"
    "\n"
    "States: ready, waiting, held, done, dead, discarded.\n"
    "\n"
    "Exit codes: 0, 1 there are none, 65 a filter was refused, 69 not reachable.\n",
    command_deliveries },
  { "waiting", "Looking", "", "What is being retried, and when the next attempt is due",
    "The deliveries that are not settled yet (ready, waiting or held), the next due first.\n"
    "\n"
    "Exit codes: 0, 1 nothing waits, 65 a filter was refused, 69 not reachable.\n",
    command_waiting },
  { "dead", "Looking", "[show <delivery>]", "Dead letters: deliveries that gave up, and why",
    "Examples\n"
    "  signalboxctl dead\n"
    "  signalboxctl dead --connector webhook/billing\n"
    "  signalboxctl dead show 01939b2e-7c1a-7000-8000-5f0e1c9a3b21-2\n"
    "\n"
    "A dead letter is kept whole, with every attempt, until it is replayed or discarded.\n"
    "\n"
    "Exit codes: 0, 1 there are none, 65 a filter was refused, 69 not reachable.\n",
    command_dead },
  { "rejected", "Looking", "[accept <request>]", "Requests that sources turned away, and why",
    "Kept in memory, the newest thousand: credentials and signatures that did not hold, "
    "addresses,\n"
    "bodies that are no event.  Once the cause is mended, accept takes one in as its source "
    "would.\n"
    "\n"
    "Examples\n"
    "  signalboxctl rejected --source github\n"
    "  signalboxctl rejected accept 01939b2e-7c1a-7000-8000-5f0e1c9a3b21\n"
    "\n"
    "Exit codes: 0, 1 there are none, 65 it is still no event, 69 not reachable.\n",
    command_rejected },
  { "send", "Acting", "[<file>…]", "Send events and see which rules they match",
    "A file's name, - for standard input, or --data TEXT.\n"
    "\n"
    "With --source the text goes to /in/NAME as a webhook would, byte for byte.  Without, it goes "
    "to\n"
    "the events API: as a whole event, an array of them or one a line (a file that ends in "
    ".ndjson);\n"
    "with --event-source and --detail-type the text is the event's detail.\n"
    "\n"
    "Examples\n"
    "  signalboxctl send --source github --header 'X-GitHub-Event: push' push.json\n"
    "  signalboxctl send --event-source shop --detail-type 'Order Paid' --data '{\"total\": 120}'\n"
    "  signalboxctl send --bus staging events.ndjson\n"
    "\n"
    "Exit codes: 0 accepted, and a rule matched; 1 accepted and kept, but no rule matched;\n"
    "65 refused: the message says what and where; 66 the file cannot be read; 69 not reachable;\n"
    "75 the router is full or stopping: send it again later.\n",
    command_send },
  { "replay", "Acting", "[<event or delivery>…]", "Deliver dead letters once more",
    "Ids, or filters, or --all.  An event's id means all of its dead letters.  Each is tried "
    "again\n"
    "at once, with its target as that is set now and a fresh retry policy.  With --rules now its "
    "event\n"
    "is matched by the rules in force, and also goes where it never was owed before.\n"
    "\n"
    "Examples\n"
    "  signalboxctl replay 01939b2e-7c1a-7000-8000-5f0e1c9a3b21-2\n"
    "  signalboxctl replay --connector webhook/billing --reason 'billing is back'\n"
    "  signalboxctl replay --all --rate 500\n"
    "  signalboxctl replay --connector webhook/billing --guarded\n"
    "  signalboxctl replay --rule default/paid --rules now --skip-succeeded\n"
    "\n"
    "Exit codes: 0, 1 nothing was replayed, 69 not reachable.\n",
    command_replay },
  { "discard", "Acting", "[<event or delivery>…]", "Let dead letters go",
    "Ids, or filters, or --all.  A discarded delivery is not tried again; undiscard takes it back\n"
    "while it is kept.\n"
    "\n"
    "Example\n"
    "  signalboxctl discard --rule default/old --reason 'replaced by default/new'\n"
    "\n"
    "Exit codes: 0, 1 nothing was discarded, 69 not reachable.\n",
    command_discard },
  { "undiscard", "Acting", "[<event or delivery>…]", "Make discarded deliveries dead letters again",
    "As long as they are kept: Retention.DiscardedSeconds in router.json.\n"
    "\n"
    "Example\n"
    "  signalboxctl undiscard --rule default/old --from 1h\n"
    "\n"
    "Exit codes: 0, 1 nothing was restored, 69 not reachable.\n",
    command_undiscard },
  { "retry", "Acting", "[<event or delivery>…]", "Try waiting deliveries now",
    "Ids, or filters, or --all.  It counts as an attempt of their retry policy.\n"
    "\n"
    "Example\n"
    "  signalboxctl retry --connector webhook/billing\n"
    "\n"
    "Exit codes: 0, 1 there was nothing to try, 69 not reachable.\n",
    command_retry },
  { "postpone", "Acting", "[<event or delivery>…]", "Try waiting deliveries later",
    "Ids, or filters, or --all.  Not before the time of --until.  Their age still counts.\n"
    "\n"
    "Example\n"
    "  signalboxctl postpone --until 2h 01939b2e-7c1a-7000-8000-5f0e1c9a3b21-2\n"
    "\n"
    "Exit codes: 0, 1 nothing was postponed, 69 not reachable.\n",
    command_postpone },
  { "give-up", "Acting", "[<event or delivery>…]", "Make waiting deliveries dead letters",
    "Ids, or filters, or --all.  They can be replayed like any dead letter.\n"
    "\n"
    "Example\n"
    "  signalboxctl give-up --connector webhook/gone --reason 'the shop is closed'\n"
    "\n"
    "Exit codes: 0, 1 nothing was given up, 69 not reachable.\n",
    command_give_up },
  { "audit", "Looking", "", "Who changed what, newest first",
    "The last hundred calls that change something, refused ones too, with who asked: the user "
    "over\n"
    "the Unix socket, else the address.\n"
    "\n"
    "Exit codes: 0, 1 there are none, 69 not reachable.\n",
    command_audit },
  { "problems", "Looking", "[acknowledge|reopen <fingerprint>]",
    "What is wrong now, one line a cause",
    "Connectors that fail while deliveries wait for them, and dead letters by what they died of.  "
    "A\n"
    "problem is there as long as its cause is; acknowledging it tells others that somebody knows.\n"
    "\n"
    "Examples\n"
    "  signalboxctl problems\n"
    "  signalboxctl problems acknowledge 5f0e1c9a3b2177aa --reason 'they deploy until 3'\n"
    "\n"
    "Exit codes: 0 nothing is wrong that is not acknowledged, 1 something is, 69 not reachable.\n",
    command_problems },
  { "token", "Acting", "list | create <name> | revoke <name>", "Who may ask over TCP, and for what",
    "As soon as there is a token, calls of the API over TCP need one; over the Unix socket nobody "
    "is\n"
    "asked.  Roles: viewer looks; operator also acts on events, deliveries, queues and "
    "connectors;\n"
    "editor also changes the configuration; admin also makes tokens and backups.  A token is "
    "printed\n"
    "once, when it is made: the router keeps its hash alone.\n"
    "\n"
    "Examples\n"
    "  signalboxctl token create laptop --role operator --expires 90d >laptop.token\n"
    "  signalboxctl --url https://router.example --token-file laptop.token status\n"
    "  signalboxctl token revoke laptop\n"
    "\n"
    "Exit codes: 0, 1 there is none, 64 wrong usage, 69 not reachable, 77 not allowed.\n",
    command_token },
  { "jobs", "Looking", "", "Bulk work in the router, and how far it is",
    "What acts on deliveries makes jobs with --job or --rate, and replay with --guarded.\n"
    "\n"
    "Exit codes: 0, 1 there are none, 69 not reachable.\n",
    command_jobs },
  { "job", "Acting", "show|follow|pause|resume|cancel <job> | rate <job> <per second>",
    "Pause, resume or cancel a job, or change its rate",
    "What a job has not done yet is left as it is: dead letters stay dead letters.  follow shows "
    "how far\n"
    "it is until it is over.\n"
    "\n"
    "Examples\n"
    "  signalboxctl job pause 7\n"
    "  signalboxctl job rate 7 50\n"
    "\n"
    "Exit codes: 0, 1 there is none, or it is finished; 69 not reachable.\n",
    command_job },
  { "queue", "Acting", "list|send|receive|peek|delete|extend|purge|redrive [<queue> …]",
    "Look into pull queues, send, receive and delete messages",
    "A received message is hidden from others for a time and then comes again, unless it is "
    "deleted\n"
    "by its receipt.  redrive moves messages of a dead-letter queue back to where they came from, "
    "or\n"
    "with --to to another queue.\n"
    "\n"
    "Examples\n"
    "  signalboxctl queue list\n"
    "  signalboxctl queue send orders --data '{\"id\": 7}'\n"
    "  signalboxctl queue receive orders --wait 20 --delete\n"
    "  signalboxctl queue extend orders 12.1.0123456789abcdef --visibility 300\n"
    "  signalboxctl queue redrive orders-dead\n"
    "\n"
    "Exit codes: 0, 1 there was nothing, 65 refused, 66 the file cannot be read, 69 not "
    "reachable.\n",
    command_queue },
  { "probe", "Acting", "<connector>", "Learn whether a connector could deliver",
    "Nothing is sent: the server is connected to and logged in to, the folder looked at, the\n"
    "program looked for.\n"
    "\n"
    "Example\n"
    "  signalboxctl probe email/ops\n"
    "\n"
    "Exit codes: 0 it could, 1 it could not, 66 there is no such connector, 69 not reachable.\n",
    command_probe },
  { "test-connector", "Acting", "<connector>", "Send an event through one connector",
    "No rule and no delivery: it is sent once, now, also when the connector is paused, and what\n"
    "came of it is printed.\n"
    "\n"
    "Example\n"
    "  signalboxctl test-connector webhook/chat --detail '{\"text\": \"hello\"}'\n"
    "\n"
    "Exit codes: 0 it was taken, 1 it was not, 66 there is no such connector, 69 not reachable.\n",
    command_test_connector },
  { "pause", "Acting", "<connector>", "Hold a connector's deliveries",
    "Nothing is sent to it and nothing is lost: its deliveries are held, use up no attempts, and "
    "go "
    "on\n"
    "when it is resumed.  Their age still counts.\n"
    "\n"
    "Example\n"
    "  signalboxctl pause webhook/billing --reason 'maintenance until noon'\n"
    "\n"
    "Exit codes: 0, 1 it was paused already or there is none, 69 not reachable.\n",
    command_pause },
  { "resume", "Acting", "<connector>", "Let a paused connector go on",
    "One that its breaker has shut is tried at once.\n"
    "\n"
    "Example\n"
    "  signalboxctl resume webhook/billing\n"
    "\n"
    "Exit codes: 0, 1 it was not paused or there is none, 69 not reachable.\n",
    command_resume },
  { "backup", "Acting", "<file>", "Copy the store into one file while the router runs",
    "The router writes the file, which must not exist yet: it is there whole or not at all, and\n"
    "holds what was committed when the copy began.  The configuration's history is in it; secrets\n"
    "and the files of connectors are not.\n"
    "\n"
    "Example\n"
    "  signalboxctl backup /var/backups/signalbox-$(date +%F).db\n"
    "\n"
    "Exit codes: 0, 65 refused: the message says why; 69 not reachable; 75 the disk is full.\n",
    command_backup },
  { "reload", "Acting", "", "Take on the configuration folder as it is now",
    "The whole folder is checked first; when anything is wrong, every problem is printed and the\n"
    "running configuration stays in force.\n"
    "\n"
    "Exit codes: 0, 69 not reachable, 78 the configuration is not valid.\n",
    command_reload },
  { "wait", "Acting", "running|settled", "Wait until the router runs, or has nothing left to do",
    "running: until it answers.  settled: until no delivery is ready, waiting or held; with "
    "--event\n"
    "until those of the given events are not.\n"
    "\n"
    "Example\n"
    "  signalboxctl wait settled --timeout 1min && signalboxctl dead\n"
    "\n"
    "Exit codes: 0, 1 not within the time, 69 not reachable (settled only).\n",
    command_wait },
  { "apply", "Configuration", "<folder>", "Put a whole folder in force, all or nothing",
    "Checks the folder, runs its tests, and sends it with the generation that the router has: when "
    "that\n"
    "has changed meanwhile, or somebody has edited the router's files by hand, nothing is done.\n"
    "\n"
    "Examples\n"
    "  signalboxctl apply --dry-run conf\n"
    "  signalboxctl apply --message 'billing moves to its new address' conf\n"
    "\n"
    "Exit codes: 0, 65 somebody else was first, 66 the folder cannot be read, 69 not reachable,\n"
    "77 the router's configuration is read-only, 78 not valid, or a test does not pass.\n",
    command_apply },
  { "diff", "Configuration", "<folder> [<folder>]", "What a folder would change",
    "One folder is compared with what is in force, two with each other, without a router; --from "
    "and\n"
    "--to compare generations.  Each line says what changes, and when it shows.\n"
    "\n"
    "Examples\n"
    "  signalboxctl diff conf\n"
    "  signalboxctl diff --from 7\n"
    "\n"
    "Exit codes: 0 no difference, 1 there are some, 2 it could not be found out.\n",
    command_diff },
  { "history", "Configuration", "", "Which configurations were in force, by whom and why",
    "Exit codes: 0, 69 not reachable.\n", command_history },
  { "rollback", "Configuration", "<generation>", "Put an earlier configuration in force again",
    "Its files are written as they were then, as a new generation: history is never changed.\n"
    "\n"
    "Example\n"
    "  signalboxctl rollback 7 --message 'orders no longer arrived'\n"
    "\n"
    "Exit codes: 0, 1 there is no such generation, 65 somebody else was first, 69 not reachable,\n"
    "77 the router's configuration is read-only, 78 not valid any more.\n",
    command_rollback },
  { "restore", "Without a router", "<file>", "Make a backup the store of a state folder",
    "The router must not run.  The whole backup is checked first.  A store that is there already "
    "is\n"
    "left alone, or with --replace put aside.  What was delivered after the backup was made is "
    "due\n"
    "again, with the same delivery ids.\n"
    "\n"
    "Example\n"
    "  signalboxctl restore --replace /var/backups/signalbox-2026-11-21.db\n"
    "\n"
    "Exit codes: 0, 1 a router runs or there is a store already, 65 the backup is damaged or too "
    "new,\n"
    "73 the folder cannot be written.\n",
    command_restore },
  { "check", "Without a router", "<folder>", "Check a configuration folder",
    "Prints every problem as file:line:column: key: message, and on a terminal the line itself.\n"
    "\n"
    "Exit codes: 0 valid, 66 the folder cannot be read, 78 not valid.\n",
    command_check },
  { "test", "Without a router", "<folder>", "Run the tests of a configuration folder",
    "The files tests/NAME.json: events, which rules they must match and what is sent.\n"
    "\n"
    "Exit codes: 0 all pass, 1 there are none, 65 some do not, 66 the folder cannot be read,\n"
    "78 the configuration is not valid.\n",
    command_test },
  { "explain-setting", "Without a router", "<name>|<kind>",
    "What a setting of the configuration does",
    "Its meaning, type, bounds, default, and when a change of it shows.  The name may be the last "
    "part\n"
    "of the path alone; a kind (router, bus, source, signature, rule, connector, webhook …) stands "
    "for\n"
    "all of its settings.\n"
    "\n"
    "Examples\n"
    "  signalboxctl explain-setting MaximumRetryAttempts\n"
    "  signalboxctl explain-setting Limits.EventBytes\n"
    "  signalboxctl explain-setting webhook\n"
    "\n"
    "Exit codes: 0, 1 there is none of this name.\n",
    command_explain_setting },
  { "schema", "Without a router", "<kind>", "The JSON Schema of a kind of configuration file",
    "For editors that complete and check: name the file in \"$schema\", or in the editor's "
    "settings.\n"
    "\n"
    "Example\n"
    "  signalboxctl schema rule >rule.schema.json\n"
    "\n"
    "Exit codes: 0, 1 there is no such kind.\n",
    command_schema },
  { "completion", "Without a router", "bash|zsh|fish", "What a shell completes, as a script",
    "Installed packages have it in place.  By hand:\n"
    "  signalboxctl completion bash >~/.local/share/bash-completion/completions/signalboxctl\n"
    "\n"
    "Exit codes: 0, 64 another shell.\n",
    command_completion },
  { "test-pattern", "Without a router", "<pattern> <event>", "Whether a pattern matches, and why",
    "Each is a file's name, - for standard input, or JSON.  A rule's file may stand for its "
    "pattern.\n"
    "The event is a whole EventBridge envelope, or with --detail what is inside.\n"
    "A pattern whose wildcards are too complex for --wildcard-score is refused, as the router "
    "does.\n"
    "\n"
    "Examples\n"
    "  signalboxctl test-pattern '{\"source\": [\"shop\"]}' event.json\n"
    "  signalboxctl test-pattern --detail --source github rule/default/pushes.json push.json\n"
    "\n"
    "Exit codes: 0 it matches, 1 it does not, 65 the pattern or the event is not valid,\n"
    "66 a file cannot be read.\n",
    command_test_pattern },
  { "render", "Without a router", "<folder> <rule> <event>", "What a rule's targets would be sent",
    "Applies each target's input transformer to the event, without sending anything.  The rule is\n"
    "named as bus/rule.  The event is a file's name, - or JSON: a whole EventBridge envelope, or "
    "with\n"
    "--detail what is inside.\n"
    "\n"
    "Example\n"
    "  signalboxctl render --detail --source github --detail-type push conf default/chat "
    "push.json\n"
    "\n"
    "Exit codes: 0, 1 the rule does not match this event (its input is shown all the same), 65 "
    "the\n"
    "event is not valid or a result is not, 66 a file cannot be read, 78 the folder is not "
    "valid.\n",
    command_render },
  { "listen", "Without a router", "<port>", "A receiver to try things with: prints what arrives",
    "Answers every request with 200 unless told otherwise.  Port 0 takes a free one.  The first "
    "line\n"
    "says where it listens.\n"
    "\n"
    "Examples\n"
    "  signalboxctl listen 4611\n"
    "  signalboxctl listen 4611 --fail-first 3\n"
    "  signalboxctl listen 4611 --status-file /tmp/status    # echo 503 >/tmp/status; later rm\n"
    "\n"
    "--log writes one JSON object a line: n, at, method, path, headers, body, status; a body that "
    "is\n"
    "not UTF-8 is body_base64.  A request is in the log before it is answered.\n"
    "\n"
    "Exit codes: 0 after Ctrl-C, 64 usage, 73 the port or the log cannot be opened.\n",
    command_listen },
  { NULL },
};
