### What the desk reads. Both languages have the same keys with the same variables; a test compares them.
### A fact that is not known arrives as "none"; the bot itself arrives as "engine".

## Words

actor = { $by ->
    [engine] the bot
    [none] somebody
   *[other] { $by }
}
shares = { $shares ->
    [one] { $shares } share
   *[other] { $shares } shares
}
unknown = unknown
and-more = … and { $count } more
state = { $state ->
    [proposed] waiting for a decision
    [approved] approved
    [submitted] order sent
    [open] open
    [closing] closing
    [closed] closed
    [rejected] rejected
    [expired] expired
    [refused] refused
    [cancelled] cancelled
    [failed] order failed
   *[other] { $state }
}
desk-state = { $state ->
    [active] active
    [reducing] taking exits only
    [halted] halted
   *[other] { $state }
}
role = { $role ->
    [admin] admin
    [trader] trader
    [viewer] viewer
   *[nobody] no role
}
session = { $session ->
    [pre] pre-market
    [regular] regular hours
    [after] after hours
   *[closed] market closed
}
strength = { $strength ->
    [strong-buy] strong buy
    [buy] buy
    [strong-sell] strong sell
    [sell] sell
   *[none] no trade
}
# Why something was not done, or what bound a number: the engine's own word, or what a person wrote.
why = { $reason ->
    [risk] the risk of one trade
    [risk_of_one_trade] the risk of one trade
    [open_risk] the ceiling of open risk
    [headroom] what is left under the ceiling of open risk
    [buying_power] buying power
    [exposure] the most that one symbol may take
    [desk] the number the desk chose
    [spread] the spread is too wide
    [price_age] the price is too old
    [price_drift] the price moved too far from the proposal
    [daily_loss] the day's loss reached its limit
    [drawdown] the fall from the peak of equity reached its limit
    [active] the desk is active
    [reducing] the desk takes exits only
    [halted] the desk is halted
    [desk_reducing] the desk takes exits only
    [desk_halted] the desk is halted
    [nothing_to_sell] the desk holds none and never sells short
    [symbol_taken] the desk has a trade in it already
    [symbol_rests] its last trade ended only now
    [outside_regular_hours] outside trading hours; it is looked at again when they begin
    [never_arrived] the broker never got the order
    [truth_unknown] the broker does not answer, so orders and positions are not known; trading goes on by itself once they are
    [truth_contradicts] the broker no longer knows orders of open trades: look whether the account is the right one; /resume takes its positions as true
    [order_refused] the broker would not take such an order
    [not_filled] the price did not come down to the limit in time
    [none] no reason given
   *[other] { $reason }
}
# What a rule saw, and its limit.
rule-broken = { $rule ->
    [solvency] the account has no equity ({ $figure })
    [daily_loss] today's loss is { $figure } of the equity the day began with, limit { $limit }
    [drawdown] equity is { $figure } below its peak, limit { $limit }
    [losing_streak] the last { $figure } trades in a row lost, and after { $limit } the desk rests
    [stop_cooldown] its stop was hit { $figure } ago, and it rests for { $limit }
    [trades_a_day] it would be trade { $figure } of the day, limit { $limit }
    [open_positions] it would make { $figure } positions, limit { $limit }
    [risk] the risk of one trade does not reach for one share
    [headroom] what is left under the ceiling of open risk does not reach for one share
    [desk] the desk chose no shares
    [risk_of_one_trade] it would risk { $figure }, limit { $limit }
    [open_risk] open risk could reach { $figure }, ceiling { $limit }
    [buying_power] { $unit ->
        [shares] buying power does not reach for one share
       *[other] it costs { $figure }, buying power { $limit }
    }
    [exposure] { $unit ->
        [shares] the most that one symbol may take leaves no share
       *[other] the symbol would take { $figure }, limit { $limit }
    }
    [min_price] a share costs { $figure }, at least { $limit } wanted
    [min_volume] only { $figure } traded today, at least { $limit } wanted
    [spread] the spread is { $figure }, limit { $limit }
    [price_age] the price is { $figure } old, limit { $limit }
    [price_drift] the price moved { $figure } from the proposal, limit { $limit }
   *[other] { $rule }: { $figure }, limit { $limit }
}
source = { $source ->
    [replay] Recorded prices, path inside the day interpolated; paper broker
    [alpaca-iex] Live prices from one exchange (IEX, by Alpaca)
    [alpaca-sip] Live prices from all exchanges (SIP, by Alpaca)
   *[other] Prices: { $source }
}
quantity = { $unit ->
    [shares] { $figure } shares
    [basis_points] { $figure } basis points
    [seconds] { $figure } s
   *[other] { $figure }
}

## Scores

score = *Score { $score }* · { strength }: technical { $technical }, news { $news }
score-rsi = RSI { $value } → { $points }
score-bollinger = { $band ->
    [lower] Lower band touched: low { $price }, band { $line } → { $points }
    [upper] Upper band touched: high { $price }, band { $line } → { $points }
   *[none] No band touched → { $points }
}
score-macd = { $cross ->
    [above] MACD crossed above its signal → { $points }
    [below] MACD crossed below its signal → { $points }
   *[none] MACD did not cross → { $points }
}
score-volume = Volume { $percent } of average → { $points }
score-news = { $detail ->
    [none] News, { scorer } → { $points }
   *[other] News → { $points }, headlines not scored: { claude-problem }
}
# Why Claude gives no score.
claude-problem = { $detail ->
    [budget] Claude's budget for today is used up
    [busy] Claude is busy with other headlines
    [key] Claude refuses the API key
    [request] Claude refuses the request, perhaps for its model
    [outage] Claude does not answer
    [answer] Claude's answer was not to be trusted
   *[other] { $detail }
}
scorer = { $scorer ->
    [keywords] scored by keywords
    [claude] scored by Claude
    [none] not scored
   *[other] { $scorer }
}
score-finding = • { $points } “{ $headline }”
score-finding-reason = • { $points } “{ $headline }” ({ $reason })

## The proposal

proposal-title = { $state ->
    [proposed] Buy { $shares } { $symbol } at { $price }? Score { $score }, { strength }
   *[other] { $shares } { $symbol } at { $price }: { state }
}
proposal-plan = *Cost* { $cost } · *Stop* { $stop } ({ $stop_change }) · *Target* { $target } ({ $target_change })
proposal-risk = *Risk* { $dollars } ({ $percent }) · *Open risk* { $before } → { $after } of { $ceiling }
sizing-sum = *Size* { $equity } × { $part } ÷ ({ $entry } − { $stop }) = { $unrounded } → { shares }
sizing-cap = *Cap* { why }
sizing-resized = *Resized* { $planned } → { shares }
proposal-limit = *Outside regular hours* A limit order: at most { $limit } a share. Stop and target follow once it is filled, and sell in regular hours only.
proposal-expires = Expires { $time }
trade-id = ID { $id }
button-approve = Approve
button-resize = Resize
button-reject = Reject
button-inspect = Inspect
button-close = Close
button-keep = Keep
label-approve = Approve: buy { $shares } { $symbol } at { $price }
label-resize = Resize: change the { $shares } shares of { $symbol }
label-reject = Reject: do not buy { $symbol }
label-inspect = Inspect { $symbol }
label-close = Close { $symbol }: sell { $shares } at the market
label-keep = Keep { $symbol }
confirm-close = Close { $symbol }?
confirm-close-text = Sells { shares } at the market now.

## The life of a trade

decided = { $state ->
    [rejected] Rejected by { actor }, { $time }. Nothing was ordered.
    [expired] Expired, { $time }, with no decision. Nothing was ordered.
    [refused] Refused, { $time }. Nothing was ordered.
    [cancelled] Cancelled after the approval by { actor }.
    [failed] The broker refused the order. Approved by { actor }.
   *[approved] { $by ->
        [engine] Approved automatically (AUTO_MODE), { $time }.
       *[other] Approved by { actor }, { $time }.
    }
}
because = Reason: { $why }
resized = { $by ->
    [none] Resized: { $symbol } { shares }, cost { $cost }, risk { $dollars } ({ $percent }).
   *[other] Resized by { actor }: { $symbol } { shares }, cost { $cost }, risk { $dollars } ({ $percent }).
}
first-approved = *Approved first by { actor }*; another person must approve it, too.
second-asked = Approved first by { actor }: buy { $shares } { $symbol }. Over this sum another person must approve it, too.
second-asked-how = Press Approve on the card. Nothing is ordered before; a Reject takes the proposal back.
submitted = Order sent: buy { $shares } { $symbol }, stop { $stop }, target { $target }.
# Line for line the notice that the desk was promised.
filled =
    { $filled ->
        [partly] ⏳ Partly filled ({ $shares } of { $wanted })
       *[whole] ✅ Trade filled
    }
    📊 { $symbol } BUY { shares }
    💰 Fill price: { $price }
    💵 Amount: { $amount }
    🛡️ Risk: { $percent } ({ $dollars })
    🎯 Target: { $target } ({ $target_change })
    🛑 Stop: { $stop } ({ $stop_change })
    🆔 Trade ID: { $id }
target-set = { $symbol } is protected: target { $target } ({ $target_change }), stop { $stop } ({ $stop_change }).
exit-asked = { $score ->
    [none] Close { $symbol }? A sell signal came while the desk holds { shares }.
   *[other] Close { $symbol }? A sell signal ({ $score }) came while the desk holds { shares }.
}
exit-asked-plan = Entry { $entry } · Stop { $stop } · Target { $target }
exit-asked-over = { $symbol }: a sell signal came; the trade is now { state }.
exit-kept = { $symbol } is kept, by { actor }. Stop and target stay.
closed =
    { $exit ->
        [stop] 🛑 Closed: stop hit
        [target] 🎯 Closed: target hit
        [desk] 🏁 Closed by the desk
        [signal] 🏁 Closed on a sell signal
       *[none] 🏁 Closed
    }
    📊 { $symbol } SELL { shares }
    💰 Exit price: { $price } (entry { $entry })
    💵 Result: { $result }
    🆔 Trade ID: { $id }
unprotected = ⚠️ { $symbol }: { shares } had no live stop. The bot sent a new one at { $stop }; look at the broker.
unprotected-still = ⛔ { $symbol }: { shares } have no live stop, and the broker refuses a new one: { $trouble }. Close the position or set a stop at the broker now.
sold-by-hand = ⚠️ { $symbol }: { $gone } shares left the position without an order of the bot. They are booked as sold at about the last price; the trade holds { $shares } now.

## Notices about the desk

foreign-position = ⚠️ { $symbol }: { $shares } shares are held that no trade of the bot bought. They count as risk; the bot sells none of them.

halted = ⛔ Trading halted by { actor }. No new trades; stops and targets stay. An admin resumes with /resume.
reducing = ⚠️ Exits only, set by { actor }. No new trades; stops and targets stay.
flattening = ⛔ Selling everything, set by { actor }: every entry is cancelled, every position is closed. The bot tells when nothing is open any more.
flatten-no-window = The window that asks whether to sell everything did not open: type /halt flatten again.
flattening-asked = ⛔ Halted, and everything is being sold. The channel sees what becomes of each position.
flatten-waits = ⚠️ What is being sold outside regular hours waits for the open: { $at }.
flatten-stuck = ⛔ Selling everything: { $what } is not closed: { $detail }. The bot goes on trying; look at the broker.
flat = ✅ Everything is sold: the broker shows no position and no order. Trading stays halted; an admin resumes with /resume.
slack-back = ⚠️ Slack is back after { $minutes } minutes of silence. AUTO_MODE bought nothing meanwhile; what came up waits for the desk.
resumed = ✅ Trading resumed by { actor }.
resumed-runs = New trades in { $symbols } symbols. Open risk now: { $risk }.
auto = { $mode ->
    [on] AUTO_MODE on: proposals within every limit are bought without asking.
   *[off] AUTO_MODE off: every proposal waits for the desk.
}
set-by = Set by { actor }.
signal-kept = Signal in { $symbol }, not proposed: { $why }.
risk-warning = ⚠️ Open risk is { $figure }: near the ceiling, at which trading halts itself.
loss-limit = { $rule ->
    [daily_loss] ⛔ Nothing is bought for the rest of New York's day: { $why }. Stops stay, and exits work.
   *[other] ⛔ Nothing is bought until equity recovers: { $why }. Stops stay, and exits work.
}
job-failed = ⚠️ The job “{ $job }” failed and runs again next time. Error id for the operator: { $id }
job-recovered = ✅ The job “{ $job }” runs again.
service = { $service ->
    [market] Prices
    [news] News
    [broker] The broker
    [redis] Redis
    [claude] Claude
    [slack] Slack
   *[other] { $service }
}
service-lost = { $service ->
    [claude] ⚠️ { claude-problem }. Headlines wait and scores do without them; the bot keeps trying.
   *[other] ⚠️ { service }: no answer ({ $detail }). Nothing is lost; the bot keeps trying.
}
service-back = ✅ { service }: back.
budget-spent = ⚠️ Claude's budget for today is used up. Headlines wait and scores do without them until the next day (UTC).
started = { $broker ->
    [alpaca-live] 🔴 *LIVE: the bot is running on REAL MONEY.*
   *[other] ✅ The bot is running.
}
started-broker = { $broker ->
    [alpaca-live] *Every order from here buys and sells for real in the live account at Alpaca.* Stop it with /halt.
    [alpaca-paper] Broker: the paper account at Alpaca. No real money.
    [paper] Broker: paper simulation inside the bot. No real money.
   *[other] Broker: { $broker }
}
trade-unreadable = Notice “{ $kind }”: trade { $id } is not in the books.

## Answers

positions-title = Open risk { $risk } of { $ceiling }
positions-account = Equity { $equity } · Cash { $cash } · Buying power { $power }
positions-warning = ⚠️ At { $warning } the desk is warned; at { $ceiling } trading halts itself.
positions-none = No positions.
position = *{ $symbol }* { shares } at { $price } = { $value } · { $gain }
position-protected = Stop { $stop }, risk { $risk } · { $id }
position-foreign = Not a trade of this bot: it knows no stop.
trades-alive = Trades under way
trades-pending = Waiting for a decision
trades-open = Open trades
trades-closed = Closed trades
trades-today = Trades of today
trades-all = Last trades
trades-none = None.
trade-line = { $result ->
    [none] *{ $id }* { state } · { $shares } at { $price }
   *[other] *{ $id }* { state } · { $shares } at { $price } · { $result }
}
inspect-price = *{ $price }* · bid { $bid } · ask { $ask } · spread { $spread } bp
inspect-volume = Volume { $volume } · { $time } · { session }
inspect-no-price = No good price now · { session }
inspect-no-signal = Too few good bars for a score.
inspect-trades = *Trades*
inspect-panel = *Indicators*
panel-line = { $name } { $value }
size-title = { shares } of { $symbol }
size-plan = *Cost* { $cost } · *Risk* { $dollars } ({ $percent }) · *Open risk* { $before } → { $after }
size-most = { $fits ->
    [no] Too many: at most { $most } now; what binds is { why }.
   *[yes] At most { $most } now; what binds is { why }.
}
size-how = To change the proposal type /size { $symbol } and a number, or press Resize on its card.

## Windows

modal-resize = Resize
modal-reject = Reject
modal-cancel = Cancel
modal-done = Close
field-shares = Shares
field-shares-hint = 1 to { $most }. Each share risks { $each }.
field-reason = Reason
field-reason-hint = The desk and the audit will see it.
modal-halt = Halt trading
button-halt = Halt
ask-halt = ⛔ Stop all new trades at once? Stops and targets stay. An admin resumes with /resume.
modal-flatten = Sell everything
button-flatten = Sell everything
ask-flatten = ⛔ Trading is halted. Also sell *every* position of the account at the market, and cancel every order? In closed hours the orders wait for the open.

## Help

help-approve = /approve AAPL — buys as proposed. A trade id, its start or a symbol will do; with one proposal waiting, /approve alone.
help-reject = /reject AAPL too close to earnings — rejects the proposal; the words after it are the reason.
help-size = /size AAPL — shows the sum and the most that every limit allows. /size AAPL 400 — changes the proposal to 400 shares.
help-halt = /halt reason — stops new trades at once. Stops and targets stay. /halt flatten reason — also asks whether to sell everything.
help-resume = /resume — lets new trades run again. /resume anyway — also while everything is being sold, and ends that.
help-inspect = /inspect AAPL — price, score and indicators. /inspect AAPL_20250819_234515 — a trade from proposal to close.
help-positions = /positions — positions, stops, open risk and money.
help-trades = /trades — trades under way, newest first. /trades pending, open, closed, today or all — those.
help-auto = /auto — shows AUTO_MODE. /auto on — buys without asking. /auto off — asks the desk.

## Refusals: what was wrong, and what to do instead

refused-unknown-trade = { $asked ->
    [none] There is no such trade now. Type /trades all to see them.
   *[other] { $nearest ->
        [none] No trade is called “{ $asked }”. Type /trades all to see their ids.
       *[other] No trade is called “{ $asked }”. Did you mean { $nearest }?
    }
}
refused-unknown-symbol = { $nearest ->
    [none] The desk does not watch “{ $asked }”. Type a symbol such as AAPL.
   *[other] The desk does not watch “{ $asked }”. Did you mean { $nearest }?
}
refused-ambiguous = { $asked ->
    [none] Several trades fit: { $matches }. Type the id of one.
   *[other] “{ $asked }” fits several trades: { $matches }. Type the whole id.
}
refused-bad-number = “{ $asked }” is not a number of shares. Type a whole number from 1, such as 400.
refused-bad-text = { $asked ->
    [none] Something is missing. Type { $usage }.
   *[other] “{ $asked }” makes no sense here. Type { $usage }.
}
refused-already-decided = { $by ->
    [none] Nothing changed: { $trade_id } is no longer waiting: { state }.
   *[other] Nothing changed: { $trade_id } is no longer waiting: { state }, decided by { actor }.
}
refused-expired = { $trade_id } expired, { $at }. Wait for the next proposal.
refused-desk-not-active = The desk is { desk-state } (by { actor }: { why }). Exits still work; an admin resumes with /resume.
refused-market-closed = No orders go out at this hour. They do again from { $opens_at }.
refused-no-price = There is no price of { $symbol } good enough to trade on. Try again in a minute.
refused-not-allowed = This needs the role { $needed }; yours is { $has }. Ask an admin.
refused-second-needed = { $by ->
    [engine] { $trade_id } costs more than { $over }: people must approve it, the bot alone may not.
   *[other] You approved { $trade_id } already. It costs more than { $over }: another trader must approve it, too.
}
refused-not-ours = This button or window is not the bot's own, or was changed on its way. Nothing was done; use the newest card, or type the command (/trades lists the ids).
refused-too-old = This button or window is from { $at } and no longer good for { $trade_id }. Nothing was done; look with /trades.
refused-flatten-underway = Everything is being sold; trading does not run again before nothing is open. To end that, type /resume anyway.
refused-repeated = This was done before. Nothing was done twice.
refused-risk = { $kind ->
    [too-many] Too many: { $asked }. At most { $limit } now; what binds is { $rule }.
   *[rule] Not bought: { $broken }. Wait for the next proposal.
}
refused-order = The broker refused the order: { $reason }. Nothing was bought.

## Trouble

trouble-market = No prices can be read now. Nothing was done; try again in a minute.
trouble-news = No news can be read now. Nothing was done; try again in a minute.
trouble-broker = The broker cannot be reached. Nothing was sent; try again in a minute.
trouble-stream = Redis cannot be reached. Nothing is lost; try again in a minute.
trouble-order-unclear = The order was sent but the answer was lost. The bot asks the broker about it; do not order again.
trouble-again = That did not work now. Nothing was decided; try again in a minute.
trouble-halt = The books cannot be read or written, so nothing is traded. Call the operator.
trouble-halt-held = ⛔ Halted: no entry leaves any more. The books cannot be written now; the halt is written down as soon as they can be. Do not restart the bot before that.
books-back = ✅ The books can be read and written again.
unexpected = Something went wrong. Nothing was confirmed: look with /trades. Error id for the operator: { $id }

# The demo's page

demo-note = Recorded daily prices, with an interpolated path inside each day; headlines written for the demo; a paper broker. Nothing here is real money.
demo-clock = Desk clock { $time }, { $speed }× as fast as real time

## The log: the words for each event

log-a-listener-failed = Order update not taken in
log-answer-not-sent = Answer not sent
log-answer-not-taken = Answer not taken by Slack
log-approved = Trade approved
log-approved-first = Trade approved by a first person, a second is asked
log-audit-head = Audit so far
log-cancelled = Trade cancelled
log-cannot-be-shown = Message cannot be drawn
log-cannot-look-for-message = Slack does not show its messages
log-carried-out-elsewhere = Trade already carried out
log-claude-answer-rejected = Claude's answer rejected
log-claude-failed = Claude gave no answer
log-closed = Trade closed
log-closing = Trade closing
log-closing-everything = Closing everything at the broker
log-crashed = A thread or the program crashed
log-decided-at-the-last-moment = Trade decided at the last moment
log-desk-changed = Desk changed
log-desk-not-told = Desk not told of a failed job
log-entry-came-late = Trade's order arrived after the trade had ended
log-entry-not-cancelled = Trade's order not cancelled
log-entry-not-withdrawn = Trade's order not withdrawn
log-expired = Trade expired undecided
log-failed = Trade failed, order refused
log-group-not-told = User group not read
log-flat = Everything is sold
log-halted = Trading halted
log-headline-broken = Broken headline left out
log-job-failed = Job failed
log-kept-calendar-not-read = Kept calendar not read
log-order-not-cancelled = Order not cancelled
log-loss-limit = Loss limit reached
log-sold-by-hand = Trade's shares sold by hand
log-message-refused = Message refused by Slack
log-message-was-there = Message was posted before
log-news = News read
log-news-cut-short = News cut short
log-no-pulse = Slack did not answer
log-not-approved = Trade not approved automatically
log-not-carried-out = Trade not carried out
log-not-closed = Trade not closed
log-not-in-the-audit = Refusal not kept in the audit
log-not-looked-at = Trade not looked at in this round
log-not-now = Request not carried out now
log-not-sent-again = Trade's order not sent again
log-notices-held-up = Notices held up
log-open = Trade open
log-order-unclear = Trade's order unclear, the broker will be asked
log-order-unknown-to-broker = Trade's order unknown to the broker
log-order-would-be-refused = Signal not proposed, the broker would refuse the order
log-passage-session-lost = Order lock lost with its connection
log-proposed = Trade proposed on a signal
log-protected = Trade protected by stop and target
log-redraw-refused = Redrawn message refused by Slack
log-refused = Trade refused
log-rejected = Trade rejected
log-replay-skipped = Nothing to see, the replay goes on later
log-selling = Trade's shares being sold
log-service-back = Service back
log-service-lost = Service lost
log-slack-heard = Slack answers again
log-slack-out-of-reach = Slack out of reach
log-slack-silent = Slack silent for too long, AUTO_MODE waits
log-snapshot-broken = Broken price left out
log-submitted = Trade's order sent
log-symbol-invalid = Symbol unknown to Alpaca
log-target-not-moved = Trade's target not moved
log-trade-update-not-read = Order update not read
log-trade-updates-given-up = Order updates given up
log-trade-updates-lost = Order updates lost, connecting again
log-trade-updates-not-heard-yet = Order updates not heard yet
log-trade-updates-refused = Order updates refused
log-unexpected = Unexpected fault in a request
log-unprotected = Trade without a live stop
