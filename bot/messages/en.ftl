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
    [minutes] { $figure } min
    [hours] { $figure } h
    [days] { $figure } d
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
held = { $days ->
    [0] { $hours ->
        [0] { $minutes } min
       *[other] { $hours } h { $minutes } min
    }
   *[other] { $days } d { $hours } h
}
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
    💵 Result: { $result }{ $part ->
        [none] { "" }
       *[other] { " · " }{ $part }
    }{ $multiple ->
        [none] { "" }
       *[other] { " · " }{ $multiple }
    }
    ⏱ Held: { $held ->
        [none] { unknown }
       *[other] { $held }
    }
    🆔 Trade ID: { $id }
unprotected = ⚠️ { $symbol }: { shares } had no live stop. The bot sent a new one at { $stop }; look at the broker.
unprotected-still = ⛔ { $symbol }: { shares } have no live stop, and the broker refuses a new one: { $trouble }. Close the position or set a stop at the broker now.
sold-by-hand = ⚠️ { $symbol }: { $gone } shares left the position without an order of the bot. They are booked as sold at about the last price; the trade holds { $shares } now.

## Notices about the desk

foreign-position = { $shares ->
    [none] ℹ️ { $symbol }: the shares that no trade of the bot bought are gone: sold by a stop or by hand.
   *[other] ⚠️ { $symbol }: { $shares } shares are held that no trade of the bot bought. They count as risk; the bot sells none of them.
}
foreign-protected = 🛡️ { $symbol }: the bot put a stop under shares that it did not buy: { $stop }.
foreign-bare = ⛔ { $symbol }: the broker refuses a stop for shares that the bot did not buy: { $trouble }. They have none.

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

working = ⏳ Working on it …
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

## Signals, news, risk

signals-title = { $symbol ->
    [none] Last signals
   *[other] Last signals in { $symbol }
}
signals-none = None yet.
signal-part = { $part ->
    [rsi] RSI
    [bollinger] bands
    [macd] MACD
    [volume] volume
   *[news] news
} { $points }
signal-line = *{ $symbol }* { $score }, { strength } · { $time }
    { $parts ->
        [none] no part gave a point
       *[other] { $parts }
    } → { $fate }
signal-proposed = { state } · { $id }
signal-not-proposed = not proposed: { $why }
news-title = { $symbol ->
    [none] Latest headlines
   *[other] Latest headlines about { $symbol }
}
news-none = None in the last seven days.
news-line = *{ $symbol }* { $points } “{ $headline }”
    { $time } · { $source } · { $scorer ->
        [none] nothing found in it
       *[other] { scorer }
    }{ $reason ->
        [none] .
       *[other] : { $reason }
    }
risk-room = Room under the ceiling { $room } ({ $dollars }) · warning at { $warning }, halt at { $ceiling }
risk-none = Nothing is at risk.
risk-line = { $stop ->
    [none] *{ $symbol }* { $dollars } ({ $percent }) · not a trade of this bot, it knows no stop
   *[other] *{ $symbol }* { $dollars } ({ $percent }) · stop { $stop } · { $id }
}
risk-guards = *Protections*
guard = { $rule ->
    [daily_loss] Loss of the day
    [drawdown] Fall from the peak
    [losing_streak] Losses in a row
    [stop_cooldown] Rest after a stop
    [trades_a_day] Trades of the day
   *[open_positions] Positions
}
guard-line = { $status ->
    [off] ◽ { guard }: switched off
    [stops] ⛔ { guard }: { $figure }, limit { $limit }: nothing is bought
    [rests] { $symbol ->
        [none] ⛔ { guard }: { $figure }, limit { $limit }: nothing is bought until { $until }
       *[other] ⛔ { guard }: { $symbol } is not bought until { $until }
    }
   *[free] ✅ { guard }: { $figure }, limit { $limit }
}

## The calculator

size-prices = *Entry* { $entry } · *Stop* { $stop } · *Target* { $target } · { $part } of equity
size-broken = ⚠️ Not possible now: { $broken }.
size-proposed = The proposal is about { shares } now.
size-not-proposed = No proposal in { $symbol } waits, so this only works it out.
size-how = Try /size { $symbol } with 400, $20000, 5% (of equity) or 0.3% risk.
button-apply = Apply { shares }
label-apply = Apply: make the proposal in { $symbol } { shares }

## Closing

modal-close = Close
button-sell = Sell
ask-close = ⛔ Sell { shares } of { $symbol } at the market? Stop and target are cancelled. In closed hours the order waits for the open.
ask-close-all = ⛔ Sell *all* { $count } open trades at the market? Stops and targets are cancelled. In closed hours the orders wait for the open. Shares that the bot did not buy stay.
closing-asked = Selling { shares } of { $symbol } at the market. Its thread tells the price.
closing-all = { $count ->
    [0] No trade is open any more.
    [one] Selling one trade at the market. Its thread tells the price.
   *[other] Selling { $count } trades at the market. Their threads tell the prices.
}

## What is watched, and how the desk is set

watch-title = { $count ->
    [one] One symbol is watched
   *[other] { $count } symbols are watched
}
watch-how = /watch add NVDA AMD · /watch remove IBM
watch-outcome = { $outcome ->
    [added] ✅ { $symbol }: watched from now on
    [cold] ⚠️ { $symbol }: watched from now on, but there are too few bars for a score yet
    [removed] ✅ { $symbol }: no longer watched
    [known] { $symbol }: was watched already
    [absent] { $symbol }: was not watched
    [unknown] ⛔ { $symbol }: the broker takes no orders in it; not added
    [taken] ⛔ { $symbol }: a trade is under way; remove it once that is over
   *[last] ⛔ { $symbol }: the last one; something must be watched
}
watch-told = { $verb ->
    [add] 👁️ Watched from now on: { $symbols }. By { actor }.
   *[remove] 👁️ No longer watched: { $symbols }. By { actor }.
}
settings-title = Settings
settings-how = ✏️ can be changed here by an admin: /settings MAX_DAILY_LOSS 2%, /settings LOSSES_HALT on; the word default goes back. ✳️ was changed. 🔒 is read at the start.
setting = { $name ->
    [risk_per_trade] Risk of one trade
    [risk_ceiling] Ceiling of open risk
    [risk_warning] Warning level of open risk
    [stop_distance] Stop under the entry
    [target_distance] Target over the fill
    [price_drift] Most the price may move from proposal to order
    [max_spread_bp] Widest spread
    [max_price_age_seconds] Oldest price
    [max_exposure] Most of one symbol
    [slippage] Worse fill that is allowed for
    [foreign_risk] Risk of what the bot did not buy
    [max_daily_loss] Daily loss limit
    [max_drawdown] Drawdown limit
    [drawdown_days] Days back for the peak
    [losses_halt] Loss limits also halt
    [losing_streak] Losses in a row before a rest
    [losing_streak_seconds] That rest
    [stop_cooldown_seconds] Rest of a symbol after its stop
    [max_trades_a_day] Trades a day
    [max_open_positions] Positions at once
    [min_price] Lowest price that is bought
    [min_volume] Lowest volume of the day
    [locale] Language
    [timezone] Time zone
    [auto_mode] AUTO_MODE at the first start
    [proposal_seconds] Life of a proposal
    [breaker_seconds] Rest of a failing service
    [quiet_seconds] Rest of a symbol after a decision
    [second_approver_over] Two approvers over
    [slack_silence_minutes] Silence of Slack that stops AUTO_MODE
    [watchlist] Watched at the first start (then /watch)
    [bar_seconds] Length of a bar
    [warm_up_bars] Bars read at the start
    [news_hours] Hours for which news count
    [replay_speed] Speed of a replay
    [protect_foreign] Stop under what the bot did not buy
    [report_ready] Report: ready
    [report_premarket] Report: pre-market
    [report_open] Report: open
    [report_close] Report: close
    [report_day] Report: day's end
    [report_week] Report: week's end
    [events] Events: signals, orders sent, stops set, watch, start
   *[other] { $name }
}
setting-line = { $mark ->
    [changed] ✳️
    [open] ✏️
   *[fixed] 🔒
} { $label } `{ $name }` *{ $value }* · default { $default }{ $bounds ->
    [none] { "" }
   *[other] { "" } · { $bounds }
}
setting-bounds = { $most ->
    [none] at least { $least }
   *[other] { $least } to { $most }
}
setting-unset = not set
setting-switch = { $on ->
    [on] on
   *[off] off
}
setting-changed = ✅ { $label } (`{ $name }`): { $before } → { $after }. It holds at once, and after a restart.
setting-told = 🔧 { $label }: { $before } → { $after }. By { actor }.

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
help-size = /size AAPL — shows the sum and the most that every limit allows. /size AAPL 400, /size AAPL $20000, /size AAPL 5% (of equity) or /size AAPL 0.3% risk — works that out; a button applies it to the proposal.
help-halt = /halt reason — stops new trades at once. Stops and targets stay. /halt flatten reason — also asks whether to sell everything.
help-resume = /resume — lets new trades run again. /resume anyway — also while everything is being sold, and ends that.
help-inspect = /inspect AAPL — price, score and indicators. /inspect AAPL_20250819_234515 — a trade from proposal to close.
help-positions = /positions — positions, stops, open risk and money.
help-trades = /trades — trades under way, newest first. /trades pending, open, closed, today or all — those.
help-auto = /auto — shows AUTO_MODE. /auto on — buys without asking. /auto off — asks the desk.
help-close = /close AAPL — asks, then sells what the trade holds at the market, halted or not. /close all — every open trade of the bot.
help-signals = /signals — the last signals, their parts, and what became of them. /signals AAPL — those of a symbol.
help-news = /news — the latest headlines with their points and who gave them. /news AAPL — those about a symbol.
help-risk = /risk — open risk, room, warning and ceiling, symbol by symbol, and how the protections stand.
help-watch = /watch — what is watched. /watch add NVDA AMD and /watch remove IBM — change it, many at once; the broker must trade them.
help-settings = /settings — every setting with unit, default and bounds. /settings MAX_DAILY_LOSS 2% — an admin changes one, at once; default goes back.
help-desk = /desk — how the desk stands, and every command in a line.
help-pnl = /pnl — what came of today. /pnl week, month or all; a symbol after it for one symbol: /pnl month AAPL.
help-report = /report — the day so far. /report ready, premarket, open, close, day or week — that report as of now.

## The home, and /desk

home-title = { $state ->
    [active] ✅
    [reducing] ⚠️
   *[halted] ⛔
} The desk is { desk-state } · { $mode ->
    [on] AUTO_MODE on
   *[off] AUTO_MODE off
}
home-set = { $why ->
    [none] Set by { actor }, { $time }.
   *[other] Set by { actor }, { $time }: { $why }.
}
home-hours = *Market* { session } · { $then ->
    [pre] pre-market from { $time }
    [regular] opens { $time }
    [after] closes { $time }
   *[closed] after hours end { $time }
}
home-equity = { $result ->
    [none] *Equity* { $equity }
   *[other] *Equity* { $equity } · *Today* { $result } ({ $part })
}
home-ended = *Ended today* { $trades ->
    [one] 1 trade
   *[other] { $trades } trades
}, { $wins } won · { $result }
home-risk = *Open risk* { $risk } of { $ceiling }
home-curve = { $curve } equity today: { $low } to { $high }
home-no-broker = ⚠️ The broker does not answer: equity, risk and positions are not known now.
home-waiting = { $count ->
    [0] *Waiting for a decision* nothing
   *[other] *Waiting for a decision* { $count }: { $names }
}
home-pending = Waiting for a decision: { $count }
home-none-pending = Nothing waits for a decision.
home-positions = Positions: { $count }
home-exits = Stop { $stop } ({ $stop_away } from here) · Target { $target } ({ $target_away })
home-services = Services
home-service = { $since ->
    [none] ✅{ "\u00A0" }{ service }: up
   *[other] ⚠️{ "\u00A0" }{ service }: lost since { $since }
}
home-decisions = Last decisions
home-none-decided = Nothing was decided yet.
home-decision = *{ $symbol }* { shares } at { $price } · { $decided }
home-as-of = As of { $time }
home-stranger = You have no role at this desk, so there is nothing to see here. Ask an admin of the desk for one.
button-resume = Resume
button-auto-on = Turn AUTO_MODE on
button-auto-off = Turn AUTO_MODE off
label-halt = Halt: stop new trades at once; stops and targets stay
label-flatten = Sell everything: halt, cancel all orders, close all positions
label-resume = Resume: let new trades run again
label-auto-on = Switch AUTO_MODE on: buy within the limits without asking
label-auto-off = Switch AUTO_MODE off: every proposal waits for the desk
button-report = Report
label-report = Report: show how the day went so far
confirm-flatten = Sell everything?
confirm-flatten-text = Trading halts, every order is cancelled, and every position of the account is sold at the market.
confirm-resume = Resume trading?
confirm-resume-text = New trades run again, within every limit.
confirm-auto-on = Turn AUTO_MODE on?
confirm-auto-on-text = Proposals within every limit are bought without asking anybody.
modal-status = Desk status
modal-answer = Answer
desk-commands = *Commands*

## Results, reports and pictures

period-name = { $period ->
    [today] today
    [week] this week
    [month] this month
   *[all] since the beginning
}
pnl-title = { $symbol ->
    [none] { $result } { period-name }
   *[other] { $symbol }: { $result } { period-name }
}
pnl-no-trades = No trade ended.
pnl-result = { $share ->
    [none] *Result* { $result } · { $trades } ended, { $wins } won ({ $rate })
   *[other] *Result* { $result } ({ $share }) · { $trades } ended, { $wins } won ({ $rate })
}
pnl-extremes = *Best* { $best } · *Worst* { $worst }
pnl-ratio = { $multiple ->
    [none] *Slippage* { $slippage } paid over the prices proposed
   *[other] *Average* { $multiple } · *Slippage* { $slippage } paid over the prices proposed
}
pnl-account = { $equity ->
    [none] *Drawdown* { $drawdown } · *Most open risk* { $risk }
   *[other] *Equity* { $equity } · *Drawdown* { $drawdown } · *Most open risk* { $risk }
}
pnl-cost = *Claude* { $cost }
pnl-by-symbol = *By symbol*
pnl-symbol = • { $symbol } { $result } · { $trades } ended, { $wins } won
pnl-since = Trades that ended since { $at }, New York's midnight

report-name = { $kind ->
    [ready] ready
    [premarket] pre-market
    [open] open
    [close] close
    [day] day's end
   *[week] week's end
}
report-title = { $kind ->
    [ready] { $troubles ->
        [0] ✅ Ready for the day
       *[other] ⚠️ Not quite ready for the day: { $troubles } to look at
    }
    [premarket] { $headlines ->
        [0] 📰 Pre-market: no news
        [one] 📰 Pre-market: 1 headline
       *[other] 📰 Pre-market: { $headlines } headlines
    }
    [open] 🔔 The market is open
    [close] 🏁 The market has closed: { $result } today
    [day] 📊 Day's end: { $result }, { $trades ->
        [0] no trade ended
        [one] 1 trade ended
       *[other] { $trades } trades ended
    }
   *[week] 📊 Week's end: { $result }, { $trades ->
        [0] no trade ended
        [one] 1 trade ended
       *[other] { $trades } trades ended
    }
}
report-late = ⏰ Late: due at { $due }
report-made = As of { $at }
report-desk-trouble = ⚠️ The desk is { desk-state }.
report-no-account = ⚠️ The broker did not answer: no account, no positions.
report-service-trouble = ⚠️ { service }: no answer.
report-no-trading = The exchange is shut today.
report-hours = Pre-market { $pre } · Open { $open } · Close { $close } · End { $post }
report-watched = Watching { $symbols ->
    [one] 1 symbol
   *[other] { $symbols } symbols
} · { $mode ->
    [on] AUTO_MODE on: bought without asking
   *[off] AUTO_MODE off: every proposal waits for the desk
}
report-account = *Equity* { $equity } · *Waiting for a decision* { $pending }
report-risk = *Open risk* { $risk } of { $ceiling }
report-holdings = *Positions*
report-holding = • { $symbol } { shares } at { $price } · { $gain }
report-no-news = Nothing about what is watched or held since the last close.
report-headline = • { $symbol } { $points } “{ $headline }”
report-market = *S&P 500* (SPY) { $change }
report-unreadable = A report could not be read. It is there as of now with /report { $kind }
reports-missed = { $count ->
    [one] ⏰ The bot was away while a report came due: { $names }. It is too old now; /report shows it as of this moment.
   *[other] ⏰ The bot was away while { $count } reports came due: { $names }. They are too old now; /report shows any of them as of this moment.
}

picture-equity-title = Equity and drawdown { period-name }
picture-equity-alt = Equity { period-name }: from { $first } to { $last }, lowest { $low }, highest { $high }, drawdown { $drawdown }.
picture-proposal-title = { $symbol }: bars of { $minutes } minutes
picture-proposal-alt = { $symbol }, the last { $bars } bars: entry { $entry }, stop { $stop }, target { $target }, last price { $last }. { $title }
picture-drawdown = Drawdown
picture-entry = Entry { $price }
picture-stop = Stop { $price }
picture-target = Target { $price }
picture-volume = Volume
picture-rsi = RSI
picture-macd = MACD

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
   *[other] { $nearest ->
        [none] “{ $asked }” makes no sense here. Type { $usage }.
       *[other] “{ $asked }” makes no sense here. Did you mean { $nearest }? Type { $usage }.
    }
}
refused-bad-amount = “{ $asked }” is no amount. Type whole shares (400), dollars ($20000), a part of equity (5%) or of risk (0.3% risk).
refused-unknown-setting = { $nearest ->
    [none] No setting is called “{ $asked }”. Type /settings to see them.
   *[other] No setting is called “{ $asked }”. Did you mean { $nearest }?
}
refused-setting-fixed = { $label } cannot be changed here: it is read when the bot starts.
refused-bad-setting = { $unit ->
    [switch] { $label } takes on or off, not “{ $asked }”.
   *[other] { $most ->
        [none] { $label } takes a figure of at least { $least }, not “{ $asked }”.
       *[other] { $label } takes a figure from { $least } to { $most }, written like that, not “{ $asked }”.
    }
}
refused-not-open = { $trade_id ->
    [none] No trade is open.
   *[other] { $trade_id } is not open but { state }; only an open trade can be closed.
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
refused-no-trade-here = This message is no card of a trade. Use Inspect on a proposal's card, or type /inspect and a symbol or an id.
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
channel-lost = ⚠️ I can't post in the desk's channel <#{ $channel }> (`{ $why }`). { $waiting ->
    [0] Nothing is waiting yet.
    [one] 1 notice is waiting.
   *[other] { $waiting } notices are waiting.
 } If this lasts, auto-trading stops buying. Until then, urgent notices come to you here.
channel-back = ✅ I can post in <#{ $channel }> again. Everything that was waiting has been posted there.
another-desk-refused = ⚠️ A second bot, with another database, was started on this Slack app. It refuses to serve: Slack would hand it half of this desk's commands, halts among them. Give it an app of its own.
another-desk-found = ⛔ Another bot, with another database, is connected to this Slack app and takes some of this desk's commands, halts among them. Stop it now, or give it an app of its own. Until then, check that each command was answered by this desk.
unfinished = ⚠️ The bot stopped while it was working on your request from { $time }: { $said }. It may have been carried out or not. Check /desk and /trades, and send it again if it wasn't.
unexpected = Something went wrong. Nothing was confirmed: look with /trades. Error id for the operator: { $id }

# The demo's page

demo-note = Recorded daily prices, with an interpolated path inside each day; headlines written for the demo; a paper broker. Nothing here is real money.
demo-clock = Desk clock { $time }, { $speed }× as fast as real time

## The log: the words for each event

log-a-listener-failed = Order update not taken in
log-admin-not-reached = Admin not reached by direct message
log-another-desk-found = Another desk is connected to the same Slack app
log-another-desk-suspected = More connections to the Slack app than bots of this desk
log-answer-given-up = Answer given up
log-answer-not-sent = Answer not sent
log-answer-not-shown = Answer could not be shown
log-answer-not-taken = Answer not taken by Slack
log-approved = Trade approved
log-approved-first = Trade approved by a first person, a second is asked
log-audit-head = Audit so far
log-cancelled = Trade cancelled
log-cannot-be-shown = Message cannot be drawn
log-cannot-look-at-channel = Channel cannot be looked at with these scopes
log-cannot-look-for-message = Slack does not show its messages
log-cards-not-redrawn = Cards not updated yet
log-carried-out-elsewhere = Trade already carried out
log-channel-not-seen = Slack refuses a look at the channel
log-channel-not-told = Channel not told
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
log-foreign-bare = No stop under shares of somebody else
log-foreign-protected = Stop under shares of somebody else
log-halted = Trading halted
log-headline-broken = Broken headline left out
log-held-up = Held up
log-home-refused = Home refused by Slack
log-job-failed = Job failed
log-kept-calendar-not-read = Kept calendar not read
log-line-made-anew = Connection to Slack opened again
log-nobody-reached = Channel lost, and no admin reached
log-not-served = Request not served: the connection is not open yet
log-notice-held-up = Notice held up
log-order-not-cancelled = Order not cancelled
log-loss-limit = Loss limit reached
log-person-not-reached = Person not reached by direct message
log-sold-by-hand = Trade's shares sold by hand
log-message-refused = Message refused by Slack
log-message-was-there = Message was posted before
log-news = News read
log-news-cut-short = News cut short
log-not-approved = Trade not approved automatically
log-not-carried-out = Trade not carried out
log-not-closed = Trade not closed
log-not-in-the-audit = Refusal not kept in the audit
log-not-looked-at = Trade not looked at in this round
log-not-now = Request not carried out now
log-not-sent-again = Trade's order not sent again
log-open = Trade open
log-order-unclear = Trade's order unclear, the broker will be asked
log-order-unknown-to-broker = Trade's order unknown to the broker
log-order-would-be-refused = Signal not proposed, the broker would refuse the order
log-passage-session-lost = Order lock lost with its connection
log-proposed = Trade proposed on a signal
log-picture-left-out = Picture left out, too many wait
log-picture-sent = Picture sent
log-report-without-account = Report without the account, the broker did not answer
log-reports = Reports seen to
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
log-setting-not-taken = Changed setting does not fit the configured ones, left out
log-snapshot-broken = Broken price left out
log-step-failed = Step of a thread failed
log-submitted = Trade's order sent
log-symbol-invalid = Symbol unknown to Alpaca
log-target-not-moved = Trade's target not moved
log-trade-update-not-read = Order update not read
log-trade-updates-given-up = Order updates given up
log-trade-updates-lost = Order updates lost, connecting again
log-trade-updates-not-heard-yet = Order updates not heard yet
log-trade-updates-refused = Order updates refused
log-unexpected = Unexpected fault in a request
log-unfinished-not-forgotten = Unfinished request not removed
log-unfinished-not-noted = Unfinished request not noted
log-unfinished-not-told = Unfinished request not told
log-unprotected = Trade without a live stop
