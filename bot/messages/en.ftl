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
    [active] the desk is active
    [reducing] the desk takes exits only
    [halted] the desk is halted
    [desk_reducing] the desk takes exits only
    [desk_halted] the desk is halted
    [nothing_to_sell] the desk holds none and never sells short
    [symbol_taken] the desk has a trade in it already
    [symbol_rests] its last trade ended only now
    [outside_regular_hours] outside regular hours
    [never_arrived] the broker never got the order
    [none] no reason given
   *[other] { $reason }
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
score-news = News, { scorer } → { $points }
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
because = Reason: { why }
resized = { $by ->
    [none] Resized: { $symbol } { shares }, cost { $cost }, risk { $dollars } ({ $percent }).
   *[other] Resized by { actor }: { $symbol } { shares }, cost { $cost }, risk { $dollars } ({ $percent }).
}
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

## Notices about the desk

halted = ⛔ Trading halted by { actor }. No new trades; stops and targets stay. An admin resumes with /resume.
reducing = ⚠️ Exits only, set by { actor }. No new trades; stops and targets stay.
resumed = ✅ Trading resumed by { actor }.
auto = { $mode ->
    [on] AUTO_MODE on: proposals within every limit are bought without asking.
   *[off] AUTO_MODE off: every proposal waits for the desk.
}
set-by = Set by { actor }.
signal-kept = Signal in { $symbol }, not proposed: { why }.
risk-warning = ⚠️ Open risk is { $figure }: near the ceiling, at which trading halts itself.
job-failed = ⚠️ The job “{ $job }” failed and runs again next time. Error id for the operator: { $id }
job-recovered = ✅ The job “{ $job }” runs again.
service = { $service ->
    [market] Prices
    [news] News
    [broker] The broker
    [redis] Redis
    [slack] Slack
   *[other] { $service }
}
service-lost = ⚠️ { service }: no answer ({ $detail }). Nothing is lost; the bot keeps trying.
service-back = ✅ { service }: back.
started = ✅ The bot is running.
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

## Help

help-approve = /approve AAPL — buys as proposed. A trade id, its start or a symbol will do; with one proposal waiting, /approve alone.
help-reject = /reject AAPL too close to earnings — rejects the proposal; the words after it are the reason.
help-size = /size AAPL — shows the sum and the most that every limit allows. /size AAPL 400 — changes the proposal to 400 shares.
help-halt = /halt reason — stops new trades at once. Stops and targets stay.
help-resume = /resume — lets new trades run again.
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
refused-market-closed = Orders go out in regular hours only. The market opens { $opens_at }.
refused-no-price = There is no price of { $symbol } good enough to trade on. Try again in a minute.
refused-not-allowed = This needs the role { $needed }; yours is { $has }. Ask an admin.
refused-risk = { $kind ->
    [too-many] Too many: { $asked }. At most { $limit } now; what binds is { $rule }.
   *[rule] Not bought: { $rule } ({ $asked }, limit { $limit }). Wait for the next proposal.
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
books-back = ✅ The books can be read and written again.
unexpected = Something went wrong. Nothing was confirmed: look with /trades. Error id for the operator: { $id }

# The demo's page

demo-note = Recorded daily prices, with an interpolated path inside each day; headlines written for the demo; a paper broker. Nothing here is real money.
demo-clock = Desk clock { $time }, { $speed }× as fast as real time
