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
    [proposed] pending approval
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
    [risk] risk per trade
    [risk_of_one_trade] risk per trade
    [open_risk] the open-risk limit
    [headroom] headroom under the open-risk limit
    [buying_power] buying power
    [exposure] max position size
    [desk] size set by the desk
    [spread] the spread is too wide
    [no_quote] the quote is too old to tell the spread
    [price_age] the price is too old
    [price_drift] the price moved too far from the proposal
    [daily_loss] today's loss reached its limit
    [drawdown] the drawdown reached its limit
    [active] the desk is active
    [reducing] the desk takes exits only
    [halted] the desk is halted
    [desk_reducing] the desk takes exits only
    [desk_halted] the desk is halted
    [nothing_to_sell] no position (long only)
    [not_repeatable] its score did not come out again from its bars; they are read anew
    [symbol_taken] already in a trade
    [symbol_rests] in cooldown after its last trade
    [outside_regular_hours] outside trading hours; it is looked at again when they begin
    [never_arrived] the broker never got the order
    [truth_unknown] the broker does not answer, so orders and positions are not known; trading goes on by itself once they are
    [truth_contradicts] the broker no longer knows orders of open trades: look whether the account is the right one; /resume takes its positions as true
    [order_refused] the broker would not take such an order
    [not_filled] the price did not come down to the limit in time
    [no_price] no good price at the last check
    [last_entry] too close to the close for a new entry
    [corporate_action] a corporate action is due
    [oversold] more was sold than was held
    [prices_stale] no good prices
    [clock_differs] the bot's clock differs from the broker's
    [unexplained] shares changed with no execution to explain it
    [spin_off] a position has no stop until its spin-off can be valued
    [database_went_back] the database is older than the desk's last known state, so a halt may be missing in it: check orders and positions before /resume
    [database_replaced] the database was deleted or replaced while the bot ran: check orders and positions before /resume
    [memory_unreadable] the desk's last known state cannot be read: check orders and positions before /resume
    [none] no reason given
   *[other] { $reason }
}
why-lasting = { $reason ->
    [prices_stale] no good prices for { $span }
   *[clock_differs] the bot's clock differs from the broker's by { $span }
}
# A time in its two largest units.
duration = { $days ->
    [0] { $hours ->
        [0] { $minutes ->
            [0] { $seconds } s
           *[other] { $minutes } min{ $seconds ->
                [0] { "" }
               *[other] { "" } { $seconds } s
            }
        }
       *[other] { $hours } h{ $minutes ->
            [0] { "" }
           *[other] { "" } { $padded } min
        }
    }
   *[other] { $days } d{ $hours ->
        [0] { "" }
       *[other] { "" } { $hours } h
    }
}
# What a rule saw, and its limit.
rule-broken = { $rule ->
    [solvency] the account has no equity ({ $figure })
    [daily_loss] today's loss is { $figure } of the equity the day began with, limit { $limit }
    [drawdown] drawdown is { $figure }, limit { $limit }
    [losing_streak] losing-streak cooldown after { $figure } losses in a row, limit { $limit }
    [stop_cooldown] stopped out { $figure } ago ({ $limit } cooldown)
    [trades_a_day] it would be trade { $figure } today, limit { $limit }
    [open_positions] it would make { $figure } positions, limit { $limit }
    [risk] risk per trade is too small for one share
    [headroom] headroom under the open-risk limit is too small for one share
    [desk] the desk set the size to 0
    [corporate_action] a corporate action is due
    [risk_of_one_trade] it would risk { $figure }, limit { $limit }
    [open_risk] open risk could reach { $figure }, limit { $limit }
    [buying_power] { $unit ->
        [shares] buying power is too small for one share
       *[other] it costs { $figure }, buying power { $limit }
    }
    [exposure] { $unit ->
        [shares] max position size leaves room for no share
       *[other] the position would be { $figure }, limit { $limit }
    }
    [overnight_risk] overnight risk would be { $figure }, limit { $limit }
    [overnight_unknown] overnight risk is unknown: symbols with fewer than 60 nights of prices: { $figure }
    [earnings] trading days to earnings: { $figure }; no entry within { $limit }
    [earnings_unknown] the earnings dates cannot be read
    [min_price] a share costs { $figure }, at least { $limit } wanted
    [min_volume] only { $figure } traded today, at least { $limit } wanted
    [spread] the spread is { $figure }, limit { $limit }
    [no_quote] no spread: the last quote is { $figure } old, limit { $limit }
    [price_age] the price is { $figure } old, limit { $limit }
    [price_drift] the price moved { $figure } from the proposal, limit { $limit }
   *[other] { $rule }: { $figure }, limit { $limit }
}
source = { $source ->
    [replay] Recorded opens and closes, generated intraday prices; paper broker
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
   *[none] No MACD cross → { $points }
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
score-finding = • { $points } “{ $headline }”{ $reason ->
    [none] { "" }
   *[other] { "" } ({ $reason })
} · { $age ->
    [none] just out
   *[other] { $age } old
}

## The proposal

proposal-title = { $state ->
    [proposed] Buy { $shares } { $symbol } at { $price }? Score { $score }, { strength }
   *[other] { $shares } { $symbol } at { $price }: { state }
}
proposal-plan = *Cost* { $cost } · *Stop* { $stop } ({ $stop_change }) · *Target* { $target } ({ $target_change }){ $day ->
    [none] { "" }
   *[other] { "" } · *Today* { $day }
}
proposal-risk = *Risk* { $dollars } ({ $percent }) · *Open risk* { $before } → { $after } of { $ceiling }
proposal-overnight = { $after ->
    [none] *Overnight risk* unknown (fewer than 60 nights of prices)
   *[other] *Overnight risk* { $before } → { $after } (worst 1% of nights)
}
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
    [expired] Expired, { $time } (not approved). Nothing was ordered.
    [refused] Refused, { $time }. Nothing was ordered.
    [cancelled] Cancelled after the approval by { actor }.
    [failed] The broker refused the order. Approved by { actor }.
   *[approved] { $by ->
        [engine] Approved automatically, { $time }.
       *[other] Approved by { actor }, { $time }.
    }
}
approval-changed = Was { $before } at { $shown }, now { $after } at { $price }: { $reason ->
    [desk] the price moved within tolerance, same size
    [risk] { $moved ->
        [yes] the price moved within tolerance, resized to the risk per trade
       *[no] equity changed, resized to the risk per trade
    }
   *[other] capped by { why }
}.
three-prices = *Proposed* { $proposed } · *Approved* { $approved } · *Filled* { $filled }
slippage = *Slippage* { $proposed_side ->
    [none] none vs. proposed
    [better] { $proposed } better than proposed
   *[worse] { $proposed } worse than proposed
}, { $approved_side ->
    [none] none vs. approved
    [better] { $approved } better than approved
   *[worse] { $approved } worse than approved
}
because = Reason: { $why }
resized = { $by ->
    [none] Resized: { $symbol } { shares }, cost { $cost }, risk { $dollars } ({ $percent }).
   *[other] Resized by { actor }: { $symbol } { shares }, cost { $cost }, risk { $dollars } ({ $percent }).
}
first-approved = *Approved first by { actor }*; another person must approve it, too.
second-asked = Approved first by { actor }: buy { $shares } { $symbol }. Over this sum another person must approve it, too.
second-asked-how = Press Approve on the card. Nothing is ordered before that. Reject cancels the proposal.
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
exit-asked-over = { $symbol }: nothing to decide any more; the trade is now { state }.
time-exit = { $reason ->
    [overnight] 🌙 Selling { shares } of { $symbol } at the market before the close: nothing is held overnight.
    [before_close] 🌙 Selling { shares } of { $symbol } at the market: the desk goes flat before the close.
   *[longest_hold] ⏳ Selling { shares } of { $symbol } at the market: the longest hold is reached.
}
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
        [corporate_action] 🏁 Closed: taken out by a corporate action
        [overnight] 🌙 Closed: not held overnight
        [before_close] 🌙 Closed: flat before the close
        [longest_hold] ⏳ Closed: longest hold reached
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
sold-by-hand = ⚠️ { $symbol }: { $gone ->
    [none] shares were
    [one] 1 share was
   *[other] { $gone } shares were
} sold without an order of the bot{ $known ->
    [exact] { "" } at { $price }.
    [estimate] , booked at about { $price } (estimate: no execution was found).
   *[none] . Booked at about the last price.
}
sold-by-hand-left = The trade now holds { shares }.

## What changed outside the bot

oversold = 🚨 { $symbol }: more was sold than was held. { $cause ->
    [both_exits] Stop and target both filled.
    [late_fill] An exit filled late.
   *[unknown] The cause is unknown.
} { $shares ->
    [none] The account is short.
    [one] The account is short 1 share.
   *[other] The account is short { $shares } shares.
}
oversold-then = { $asks ->
    [yes] The desk takes exits only. Nothing is bought back by itself (COVER_SHORTS is off): use /close { $symbol } to buy back.
   *[no] The desk takes exits only. The bot is buying the shares back at the market.
}
covering = { $shares ->
    [none] 🔁 { $symbol }: buying back at the market what was sold too much.
    [one] 🔁 { $symbol }: buying back 1 share at the market.
   *[other] 🔁 { $symbol }: buying back { $shares } shares at the market.
}
exit-moved = { $after ->
    [none] ✋ { $symbol }: the { $exit ->
        [target] target
       *[stop] stop
    } was moved by hand at the broker. The bot keeps it as the desk's wish.
   *[other] ✋ { $symbol }: the { $exit ->
        [target] target
       *[stop] stop
    } was moved by hand at the broker, { $before } → { $after }. The bot keeps it as the desk's wish.
}
exit-moved-risk = *Risk* { $before } → { $after } of equity
exit-senseless = { $market ->
    [none] ⛔ { $symbol }: a { $exit ->
        [target] target
       *[stop] stop
    } was not sent: it makes no sense at the market's price now.
   *[other] { $exit ->
        [target] ⛔ { $symbol }: target { $price } was not sent: it is below the market ({ $market }).
       *[stop] ⛔ { $symbol }: stop { $price } was not sent: it is above the market ({ $market }).
    }
}
exit-senseless-then = Set it at the broker, or close the position: press Close or type /close { $symbol }.
corporate-action = { $kind ->
    [split] { $new }-for-{ $old } split
    [reverse_split] { $new }-for-{ $old } reverse split
    [rename] { $new_symbol ->
        [none] symbol change
       *[other] symbol change to { $new_symbol }
    }
    [spin_off] { $new_symbol ->
        [none] { $new ->
            [none] spin-off
           *[other] spin-off ({ $new } new for { $old } held)
        }
       *[other] { $new ->
            [none] spin-off of { $new_symbol }
           *[other] spin-off of { $new_symbol } ({ $new } new for { $old } held)
        }
    }
    [merger] { $new_symbol ->
        [none] { $cash ->
            [none] merger
           *[other] merger ({ $cash } a share)
        }
       *[other] { $cash ->
            [none] merger into { $new_symbol } ({ $new } new for { $old } held)
           *[other] merger into { $new_symbol } ({ $new } new for { $old } held, and { $cash } a share)
        }
    }
    [removal] delisting
   *[none] corporate action
}
action-due = { $date ->
    [none] 📅 { $symbol }: { $action } ahead.
   *[other] 📅 { $symbol }: { $action }, ex-date { $date }.
}
action-due-then = { $kind ->
    [split] No new entries in { $symbol } until it is done. Shares, entry, stop and target are then restated by the same ratio; orders go out at restated prices only.
    [rename] No new entries in { $symbol } until it is done. Stop and target then go on under the new symbol, at the same prices.
    [spin_off] No new entries in { $symbol } until it is done. Stop and target come off before the open, because the price falls by what is spun off. Once both shares trade, the bot restates entry, stop and target by the part of the value that stays, usually within minutes of the open. The position has no stop until then; close it before the close to stay out of that.
    [merger] No new entries in { $symbol } until it is done. Stop and target end with the old shares.
    [removal] No new entries in { $symbol } until it is done. Stop and target end with the shares; close the position while it trades.
   *[none] No new entries in { $symbol } until it is done. Nothing is sent at old prices; check stop and target at the broker.
}
restated = 🔁 { $symbol }: restated for a corporate action ({ $action }).
restated-line = { $what ->
    [shares] *Shares*
    [stop] *Stop*
    [target] *Target*
   *[symbol] *Symbol*
} { $before } → { $after }
restated-spun-off = { $shares ->
    [none] What came of the spin-off is not part of the trade.
    [0] *Outside the trade*: less than a share of { $new_symbol }, with { $cost } of the cost
    [one] *Outside the trade*: 1 share of { $new_symbol }, with { $cost } of the cost
   *[other] *Outside the trade*: { $shares } shares of { $new_symbol }, with { $cost } of the cost
}
spin-off-waits = 🚨 { $symbol }: no stop. Its { $action } cannot be valued yet, so nothing goes out at the old prices.
spin-off-missing = { $missing ->
    [child] It is not known which shares are spun off.
    [rate] It is not known how many shares come for each one held.
    [price] { $symbol ->
        [none] One of the two shares has no good price yet.
       *[other] { $symbol } has no good price yet.
    }
   *[none] What was spun off is not known yet.
}
spin-off-waits-then = The bot goes on by itself as soon as that is known. Until then the desk takes exits only. To end the position now, press Close or type /close { $symbol }; its result is booked once the spin-off is valued.
restated-kept = Nothing was won or lost by it. Trade ID: { $id }
restated-trade = *Restated for a corporate action*: { shares } bought{ $cash ->
    [none] { "" }
   *[other] { "" }, { $cash } of the result from before or from fractions of a share
}
stop-live = *Live stop* { $live } (planned { $planned })
trade-short = 🚨 *Short* { shares }: more was sold than was held
cash-in-lieu = { $dollars ->
    [none] 💵 { $symbol }: cash in lieu of fractional shares was paid and booked to the trade.
   *[other] { $spun_off ->
        [none] 💵 { $symbol }: { $dollars } in lieu of fractional shares, booked to the trade.
       *[other] 💵 { $symbol }: { $dollars } in lieu of fractional shares of { $spun_off }. They were spun off, so this is not part of the trade.
    }
}
unexplained = { $now ->
    [none] 🚨 { $symbol }: the shares in the account changed, and no execution explains it.
   *[other] { $before ->
        [none] 🚨 { $symbol }: the account now holds { $now } shares, and no execution explains it.
       *[other] 🚨 { $symbol }: the shares in the account changed, { $before } → { $now }, and no execution explains it.
    }
}
unexplained-price = *Price* { $before } → { $now }
unexplained-then = Nothing is sent or booked in { $symbol }, and the desk takes exits only. Check the position at the broker.
adopted = ⚠️ { $symbol }: an order of the bot's that the database did not know was taken over: { shares } at { $price }, stop { $stop }. Trade ID: { $id }
filled-late = { $price ->
    [none] ⚠️ { $symbol }: bought after all. The order had been given up, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
   *[other] { $shares ->
        [none] ⚠️ { $symbol }: bought after all at { $price }. The order had been given up, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
        [one] ⚠️ { $symbol }: 1 share bought after all at { $price }. The order had been given up, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
       *[other] ⚠️ { $symbol }: { $shares } shares bought after all at { $price }. The order had been given up, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
    }
}
money-moved = { $kind ->
    [deposit] 💵 Deposit
    [withdrawal] 💵 Withdrawal
    [dividend] 💵 Dividend
    [fee] 💵 Fee
    [interest] 💵 Interest
   *[other] 💵 Money in or out
}{ $symbol ->
    [none] { "" }
   *[other] { "" } ({ $symbol })
}{ $dollars ->
    [none] { "" }
   *[other] : { $dollars }
}. Not counted as a gain or loss of trading.
cancel-stuck = ⏳ { $symbol }: the broker is still working on a cancel. What waits for it (a new exit, a sale) goes out once the order is cancelled.

## Notices about the desk

foreign-position = { $shares ->
    [none] ℹ️ { $symbol }: the shares that no trade of the bot bought are gone: sold by a stop or by hand.
   *[other] ⚠️ { $symbol }: { $shares } shares are held that no trade of the bot bought. They count as risk; the bot sells none of them.
}
foreign-protected = 🛡️ { $symbol }: the bot put a stop under shares that it did not buy: { $stop }.
foreign-bare = ⛔ { $symbol }: the broker refuses a stop for shares that the bot did not buy: { $trouble }. They have none.

halted = ⛔ Trading halted by { actor }. No new trades; stops and targets stay. An admin resumes with /resume.
reducing = ⚠️ Exits only, set by { actor }. No new trades; stops and targets stay.
flattening = ⛔ Selling everything, set by { actor }: every entry is cancelled, every position is closed. I'll post when flat.
flatten-no-window = The window that asks whether to sell everything did not open: type /halt flatten again.
flattening-asked = ⛔ Halted, and everything is being sold. The channel sees what becomes of each position.
flatten-waits = ⚠️ What is being sold outside regular hours waits for the open: { $at }.
flatten-stuck = ⛔ Selling everything: { $what } is not closed: { $detail }. The bot goes on trying; look at the broker.
flat = ✅ Everything is sold: the broker shows no position and no order. Trading stays halted; an admin resumes with /resume.
slack-back = ⚠️ Slack is back after { $minutes } minutes of silence. Auto-trading bought nothing meanwhile; what came up waits for approval.
resumed = ✅ Trading resumed by { actor }.
resumed-runs = New trades in { $symbols } symbols. Open risk now: { $risk }.
auto = { $mode ->
    [on] Auto-trading on: proposals within every limit are bought without asking.
   *[off] Auto-trading off: every proposal waits for approval.
}
set-by = Set by { actor }.
signal-kept = Signal in { $symbol }, not proposed: { $why }.
risk-warning = ⚠️ Open risk is { $figure }: near the limit, at which trading halts itself.
loss-limit = { $rule ->
    [daily_loss] ⛔ No new entries today (New York): { $why }. Stops stay, and exits work.
   *[other] ⛔ No new entries until equity recovers: { $why }. Stops stay, and exits work.
}
set-aside = ⚠️ { $count ->
    [one] An entry on the signal stream named no proposal of this desk and was
   *[other] { $count } entries on the signal stream named no proposal of this desk and were
} set aside. Another program or another version of the bot may be writing to it. Proposals go on as usual.
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
trade-unreadable = Notice “{ $kind }”: trade { $id } is not in the database.
notice-unreadable = ⚠️ A notice of the kind “{ $kind }”{ $id ->
    [none] { "" }
   *[other] { "" } of trade { $id }
} could not be read. As stored: { $kept }

## Answers

working = ⏳ Working on it …
positions-title = Open risk { $risk } of { $ceiling }
positions-account = Equity { $equity } · Cash { $cash } · Buying power { $power }
positions-warning = ⚠️ At { $warning } the desk is warned; at { $ceiling } trading halts itself.
overnight-risk = *Overnight risk* { $unknown ->
    [none] { $share } ({ $dollars }), worst 1% of nights
   *[other] unknown: fewer than 60 nights of { $unknown } prices{ $share ->
        [none] { "" }
       *[other] { "" } · without that { $share } ({ $dollars })
    }
}{ $limit ->
    [none] { "" }
   *[other] { "" } · limit { $limit }
}
earnings-unreadable = ⚠️ No new entries: the earnings dates cannot be read. { $line ->
    [0] { $file } is missing or no CSV file in UTF-8 with the columns symbol,date (EARNINGS_FILE).
   *[other] Correct line { $line } of { $file } (EARNINGS_FILE): a symbol and a date, like AAPL,2026-01-29.
}
positions-none = No positions.
position = *{ $symbol }* { $held } at { $price }{ $day ->
    [none] { "" }
   *[other] { "" } ({ $day } today)
} = { $value } · { $gain }
position-protected = { $planned ->
    [none] Stop { $stop }, risk { $risk } · { $id }
   *[other] Stop { $stop } (planned { $planned }), risk { $risk } · { $id }
}
held-quantity = { $kind ->
    [option] { $quantity } option contracts
    [crypto] { $quantity } (crypto)
    [stock] { $quantity } shares
   *[other] { $quantity } units
}{ $side ->
    [short] { "" } short
   *[long] { "" }
}
position-foreign = Not a trade of this bot: no stop known.
trades-alive = Live trades
trades-pending = Pending approval
trades-open = Open trades
trades-closed = Closed trades
trades-today = Trades today
trades-all = Latest trades
trades-none = None.
trade-line = { $result ->
    [none] *{ $id }* { state } · { $shares } at { $price }
   *[other] *{ $id }* { state } · { $shares } at { $price } · { $result }
}
inspect-price = *{ $price }*{ $day ->
    [none] { "" }
   *[other] { "" } ({ $day } today)
} · bid { $bid } · ask { $ask } · spread { $spread } bp
inspect-volume = Volume { $volume } · { $time } · { session }
inspect-no-price = No good price now · { session }
inspect-no-signal = Too few good bars for a score.
inspect-trades = *Trades*
inspect-panel = *Indicators*
panel-line = { $name } { $value }
size-title = { shares } of { $symbol }
size-plan = *Cost* { $cost } · *Risk* { $dollars } ({ $percent }) · *Open risk* { $before } → { $after }
size-most = { $fits ->
    [no] Too many: at most { $most } now, limited by { why }.
   *[yes] At most { $most } now, limited by { why }.
}

## Signals, news, risk

signals-title = { $symbol ->
    [none] Latest signals
   *[other] Latest signals in { $symbol }
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
        [none] no points
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
        [none] no signal words
       *[other] { scorer }
    }{ $reason ->
        [none] .
       *[other] : { $reason }
    }
risk-room = Headroom { $room } ({ $dollars }) · warning at { $warning }, halt at { $ceiling }
risk-none = Nothing is at risk.
risk-line = { $stop ->
    [none] *{ $symbol }* { $dollars } ({ $percent }) · not a trade of this bot, no stop known
   *[other] *{ $symbol }* { $dollars } ({ $percent }) · stop { $stop } · { $id }
}
risk-guards = *Protections*
guard = { $rule ->
    [daily_loss] Today's loss
    [drawdown] Drawdown
    [losing_streak] Losing streak
    [stop_cooldown] Cooldown after a stop-out
    [trades_a_day] Trades today
   *[open_positions] Positions
}
guard-line = { $status ->
    [off] ◽ { guard }: off
    [stops] ⛔ { guard }: { $figure }, limit { $limit }: no new entries
    [rests] { $symbol ->
        [none] ⛔ { guard }: { $figure }, limit { $limit }: no new entries until { $until }
       *[other] ⛔ { guard }: no { $symbol } entries until { $until }
    }
   *[free] ✅ { guard }: { $figure }, limit { $limit }
}

## The calculator

size-prices = *Entry* { $entry } · *Stop* { $stop } · *Target* { $target } · { $part } of equity
size-broken = ⚠️ Not possible now: { $broken }.
size-proposed = The proposal is for { shares } now.
size-not-proposed = No pending { $symbol } proposal; estimate only.
size-how = Try /size { $symbol } with 400, $20000, 5% (of equity) or 0.3% risk.
button-apply = Apply { shares }
label-apply = Apply: make the proposal in { $symbol } { shares }

## Closing

modal-close = Close
button-sell = Sell
ask-close = ⛔ Sell { shares } of { $symbol } at the market? Stop and target are cancelled. In closed hours the order waits for the open.
ask-close-all = { $count ->
    [one] ⛔ Sell the open trade at the market? Its stop and target are cancelled.
   *[other] ⛔ Sell *all* { $count } open trades at the market? Stops and targets are cancelled.
} In closed hours the orders wait for the open. Shares that the bot did not buy stay.
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
    [unknown] ⛔ { $symbol }: not tradable at this broker; not added
    [full] ⛔ { $symbol }: the watchlist is full; remove another one first, or raise MAX_WATCHED
    [taken] ⛔ { $symbol }: a trade is under way; remove it once that is over
   *[last] ⛔ { $symbol }: the last one; something must be watched
}
watch-told = { $verb ->
    [add] 👁️ Watched from now on: { $symbols }. By { actor }.
   *[remove] 👁️ No longer watched: { $symbols }. By { actor }.
}
settings-title = Settings
settings-how = ✏️ can be changed here by an admin: /settings MAX_DAILY_LOSS 2%, /settings LOSSES_HALT on; the word default goes back. ✳️ was changed. 🔒 takes effect after a restart.
setting = { $name ->
    [risk_per_trade] Risk per trade
    [risk_ceiling] Open-risk limit
    [risk_warning] Open-risk warning
    [stop_distance] Stop distance
    [target_distance] Target distance
    [last_entry_seconds] No new entries before the close
    [price_drift] Max price drift
    [max_spread_bp] Max spread
    [max_price_age_seconds] Max quote age
    [max_exposure] Max position size
    [slippage] Slippage allowance
    [foreign_risk] Risk of positions the bot did not open
    [other_assets_risk] Risk of options and crypto
    [cover_shorts] Buy back oversold shares
    [max_daily_loss] Daily loss limit
    [max_drawdown] Drawdown limit
    [drawdown_days] Drawdown lookback
    [losses_halt] Loss limits also halt
    [losing_streak] Losing-streak limit
    [losing_streak_seconds] Losing-streak cooldown
    [stop_cooldown_seconds] Cooldown after a stop-out
    [max_trades_a_day] Max trades a day
    [max_open_positions] Max open positions
    [min_price] Min price
    [min_volume] Min volume today
    [max_overnight_risk] Overnight-risk limit
    [no_entry_days_before_earnings] No new entries before earnings (trading days)
    [earnings_file] File of earnings dates
    [hold_overnight] Hold overnight
    [flatten_before_close_minutes] Flat before the close by
    [longest_hold_days] Longest hold (trading days)
    [locale] Language
    [timezone] Time zone
    [auto_mode] Auto-trading at the first start
    [proposal_seconds] Proposal time-out
    [breaker_seconds] Retry wait of a failing service
    [quiet_seconds] Cooldown of a symbol after a decision
    [second_approver_over] Two approvers over
    [loosen_after_seconds] Notice before a looser limit
    [slack_silence_minutes] Slack outage that pauses auto-trading
    [watchlist] Watched at the first start (then /watch)
    [max_watched] Max watched symbols
    [bar_seconds] Bar length
    [bar_delay_seconds] Delay after a bar's close
    [news_hours] News lookback
    [replay_speed] Replay speed
    [protect_foreign] Stops for positions the bot did not open
    [report_ready] Report: ready
    [report_premarket] Report: pre-market
    [report_open] Report: open
    [report_close] Report: close
    [report_day] Report: day's end
    [report_week] Report: week's end
    [events] Events: signals, orders sent, stops set, watchlist, money in and out, start
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
setting-changed = ✅ { $label } (`{ $name }`): { $before } → { $after }. Effective now; survives restarts.
setting-told = 🔧 { $label }: { $before } → { $after }. By { actor }.
change-asked = ⚠️ { actor } asks to loosen { $label } (`{ $name }`): { $before } → { $after }. Nothing changes until another admin confirms, by { $at }.
change-asked-how = Confirm or cancel here, or type /settings confirm { $name } or /settings cancel { $name }.
change-confirmed = ⚠️ { actor } confirmed: { $label } (`{ $name }`) loosens from { $before } to { $after } at { $at }.
change-confirmed-how = Until then a trader can cancel it here, or with /settings cancel { $name }.
change-ended = { $label } stays at { $before }: { $why ->
    [withdrawn] { actor } cancelled the change to { $after }.
    [expired] the change to { $after } expired.
    [role_gone] whoever asked for { $after } is no longer an admin.
    [superseded] { actor } changed it otherwise, and the change to { $after } is cancelled.
   *[other] the change to { $after } is cancelled.
}
change-waits = { $state ->
    [confirmed] ⏳ { $label } (`{ $name }`): { $before } → { $after } at { $at }. Until then /settings cancel { $name } keeps it as it is.
   *[asked] ⏳ { $label } (`{ $name }`): { $before } → { $after } loosens a limit. Another admin must confirm by { $at }: /settings confirm { $name }. Asked by { actor }.
}
change-withdrawn = Cancelled: { $label } stays as it is.
button-confirm-change = Confirm
button-withdraw-change = Cancel the change
label-confirm-change = Confirm: loosen { $label }
label-withdraw-change = Cancel: keep { $label } as it is

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
help-trades = /trades — live trades, newest first. /trades pending, open, closed, today (proposed or closed since midnight in New York) or all — those.
help-auto = /auto — shows auto-trading. /auto on — buys without asking. /auto off — asks the desk.
help-close = /close AAPL — asks, then sells what the trade holds at the market, halted or not. /close all — every open trade of the bot.
help-signals = /signals — the last signals, their parts, and what became of them. /signals AAPL — those of a symbol.
help-news = /news — the latest headlines with their points and who gave them. /news AAPL — those about a symbol.
help-risk = /risk — open risk, headroom, warning and limit, symbol by symbol, and how the protections stand.
help-watch = /watch — what is watched. /watch add NVDA AMD and /watch remove IBM — change it, many at once; the broker must trade them.
help-settings = /settings — every setting with unit, default and bounds. /settings MAX_DAILY_LOSS 2% — an admin changes one, at once; default goes back.
help-desk = /desk — how the desk stands, and every command in a line.
help-pnl = /pnl — today's result. /pnl week, month or all; a symbol after it for one symbol: /pnl month AAPL.
help-report = /report — the day so far. /report ready, premarket, open, close, day or week — that report as of now.

## The home, and /desk

home-title = { $state ->
    [active] ✅
    [reducing] ⚠️
   *[halted] ⛔
} The desk is { desk-state } · { $mode ->
    [on] Auto-trading on
   *[off] Auto-trading off
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
    [0] *Pending approval* none
   *[other] *Pending approval* { $count }: { $names }
}
home-pending = Pending approval: { $count }
home-none-pending = Nothing is pending.
home-positions = Positions: { $count }
home-exits = Stop { $stop } ({ $stop_away } from here) · Target { $target } ({ $target_away })
home-services = Services
home-service = { $since ->
    [none] ✅{ "\u00A0" }{ service }: up
   *[other] ⚠️{ "\u00A0" }{ service }: lost since { $since }
}
home-decisions = Latest decisions
home-none-decided = Nothing was decided yet.
home-decision = *{ $symbol }* { shares } at { $price } · { $decided }
home-as-of = As of { $time }
home-stranger = You have no role at this desk, so there is nothing to see here. Ask an admin of the desk for one.
button-resume = Resume
button-auto-on = Turn auto-trading on
button-auto-off = Turn auto-trading off
label-halt = Halt: stop new trades at once; stops and targets stay
label-flatten = Sell everything: halt, cancel all orders, close all positions
label-resume = Resume: let new trades run again
label-auto-on = Turn auto-trading on: buy within the limits without asking
label-auto-off = Turn auto-trading off: every proposal waits for approval
button-report = Report
label-report = Report: show how the day went so far
confirm-flatten = Sell everything?
confirm-flatten-text = Trading halts, every order is cancelled, and every position of the account is sold at the market.
confirm-resume = Resume trading?
confirm-resume-text = New trades run again, within every limit.
confirm-auto-on = Turn auto-trading on?
confirm-auto-on-text = Proposals within every limit are bought without asking anybody.
modal-status = Desk status
modal-answer = Result
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
pnl-no-trades = No closed trades.
pnl-result = { $share ->
    [none] *Result* { $result } · { $trades } closed, { $wins } won ({ $rate })
   *[other] *Result* { $result } ({ $share }) · { $trades } closed, { $wins } won ({ $rate })
}
pnl-extremes = *Best* { $best } · *Worst* { $worst }
pnl-ratio = { $multiple ->
    [none] { "" }
   *[other] *Average* { $multiple } ·{ " " }
}*Slippage* { $side ->
    [none] none
    [better] { $slippage } better than proposed
   *[worse] { $slippage } worse than proposed
}
pnl-account = { $equity ->
    [none] *Drawdown* { $drawdown } · *Peak open risk* { $risk }
   *[other] *Equity* { $equity } · *Drawdown* { $drawdown } · *Peak open risk* { $risk }
}
pnl-cost = *Claude* { $cost }
pnl-by-symbol = *By symbol*
pnl-symbol = • { $symbol } { $result } · { $trades } closed, { $wins } won
pnl-since = Trades closed since { $at }, midnight in New York

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
       [one] ⚠️ Not ready: 1 issue
       *[other] ⚠️ Not ready: { $troubles } issues
    }
    [premarket] { $headlines ->
        [0] 📰 Pre-market: no news
        [one] 📰 Pre-market: 1 headline
       *[other] 📰 Pre-market: { $headlines } headlines
    }
    [open] 🔔 The market is open
    [close] 🏁 The market has closed: { $result } today
    [day] 📊 Day's end: { $result }, { $trades ->
        [0] no closed trades
        [one] 1 closed trade
       *[other] { $trades } closed trades
    }
   *[week] 📊 Week's end: { $result }, { $trades ->
        [0] no closed trades
        [one] 1 closed trade
       *[other] { $trades } closed trades
    }
}
report-late = ⏰ Late: due at { $due }
report-made = As of { $at }
report-audit = 🔒 Audit up to row { $number }: `{ $hash }`
report-desk-trouble = ⚠️ The desk is { desk-state }.
report-no-account = ⚠️ The broker did not answer: no account, no positions.
report-service-trouble = ⚠️ { service }: no answer.
report-no-trading = The exchange is shut today.
report-hours = Pre-market { $pre } · Open { $open } · Close { $close } · End { $post }
report-watched = Watching { $symbols ->
    [one] 1 symbol
   *[other] { $symbols } symbols
} · { $mode ->
    [on] Auto-trading on: bought without asking
   *[off] Auto-trading off: every proposal waits for approval
}
report-account = *Equity* { $equity } · *Pending approval* { $pending }
report-risk = *Open risk* { $risk } of { $ceiling }
report-holdings = *Positions*
report-holding = • { $symbol } { $held } at { $price }{ $day ->
    [none] { "" }
   *[other] { "" } ({ $day } today)
} · { $gain }
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
picture-proposal-title = { $symbol }: { $minutes }-min bars
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
refused-bad-number = { $one ->
    [none] “{ $asked }” isn't a number of shares. Enter a whole number from 1, e.g. 400.
   *[other] “{ $asked }” could be { $one } or { $other }. Enter a whole number of shares, e.g. 400 or 1,000.
}
refused-bad-text = { $asked ->
    [none] Missing symbol. Type { $usage }, e.g. { $example }.
   *[other] { $nearest ->
        [none] Didn't understand “{ $asked }”. Type { $usage }.
       *[other] Didn't understand “{ $asked }”. Did you mean { $nearest }? Type { $usage }.
    }
}
refused-bad-amount = { $one ->
    [none] “{ $asked }” isn't a valid amount. Enter whole shares (400), dollars ($20000), a part of equity (5%) or of risk (0.3% risk).
   *[other] “{ $asked }” could be { $one } or { $other }. Write decimals with a point (2.50) and thousands as 1,000 or 1000.
}
refused-unknown-setting = { $nearest ->
    [none] No setting is called “{ $asked }”. Type /settings to see them.
   *[other] No setting is called “{ $asked }”. Did you mean { $nearest }?
}
refused-other-needed = You asked for this change of { $label } yourself: another admin must confirm it.
refused-nothing-pending = No change of “{ $asked }” is waiting. /settings shows what is.
refused-setting-fixed = { $label } can't be changed here; it takes effect after a restart.
refused-bad-setting = { $unit ->
    [switch] { $label }: enter on or off, not “{ $asked }”.
   *[other] { $one ->
        [none] { $most ->
            [none] { $label }: enter { $least } or more, e.g. { $example }, not “{ $asked }”.
           *[other] { $label }: enter { $least }–{ $most }, e.g. { $example }, not “{ $asked }”.
        }
       *[other] { $label }: “{ $asked }” could be { $one } or { $other }. Enter it without a doubt, e.g. { $example }.
    }
}
refused-not-open = { $trade_id ->
    [none] No trade is open.
   *[other] { $trade_id } is not open but { state }; only an open trade can be closed.
}
refused-already-decided = { $by ->
    [none] Nothing changed: { $trade_id } is no longer pending: { state }.
   *[other] Nothing changed: { $trade_id } is no longer pending: { state }, decided by { actor }.
}
refused-expired = { $trade_id } expired, { $at }. Wait for the next proposal.
refused-desk-not-active = The desk is { desk-state } (by { actor }: { why }). Exits still work; an admin resumes with /resume.
refused-market-closed = No orders go out at this hour. They do again from { $opens_at }.
refused-no-price = There is no price of { $symbol } good enough to trade on. Try again in a minute.
refused-not-allowed = { $needed ->
    [admin] Admins only
    [trader] Traders only
   *[viewer] Members of the desk only
}; { $role ->
    [nobody] you have no role here
    [admin] you're an { role }
   *[other] you're a { role }
}. Ask an admin.
refused-second-needed = { $by ->
    [engine] { $trade_id } costs more than { $over }: people must approve it, the bot alone may not.
   *[other] You approved { $trade_id } already. It costs more than { $over }: another trader must approve it, too.
}
refused-not-ours = This button or window is not the bot's own, or was changed on its way. Nothing was done; use the newest card, or type the command (/trades lists the ids).
refused-no-trade-here = This message is no card of a trade. Use Inspect on a proposal's card, or type /inspect and a symbol or an id.
refused-too-old = This button or window is from { $at } and no longer good for { $trade_id }. Nothing was done; look with /trades.
refused-flatten-underway = Everything is being sold; trading does not run again before nothing is open. To end that, type /resume anyway.
refused-repeated = This was done before. Nothing was done twice.
refused-corporate-action = A corporate action is due in { $symbol }. No new entries in it until that is done.
refused-risk = { $kind ->
    [too-many] Too many: { $asked }. At most { $limit } now, limited by { $rule }.
   *[rule] Not bought: { $broken }. Wait for the next proposal.
}
refused-order = The broker refused the order: { $reason }. Nothing was bought.

## Trouble

trouble-market = No prices can be read now. Nothing was done; try again in a minute.
trouble-earnings = The earnings dates cannot be read (EARNINGS_FILE). Nothing was done.
trouble-news = No news can be read now. Nothing was done; try again in a minute.
trouble-broker = The broker cannot be reached. Nothing was sent; try again in a minute.
trouble-stream = Redis cannot be reached. Nothing is lost; try again in a minute.
trouble-order-unclear = The order was sent but the answer was lost. The bot asks the broker about it; do not order again.
trouble-order-exists = The broker already has this order, and the bot is looking for it. Do not order again.
trouble-cancel-pending = The broker is still working on a cancel. What waits for it goes out once the order is cancelled; try again in a minute.
trouble-fenced = Another bot took over, or trading was halted, while this was under way. Nothing was done; try again.
trouble-memory = The desk's state can't be kept outside the database now. Nothing was done; try again in a minute.
trouble-again = That did not work now. Nothing was decided; try again in a minute.
trouble-halt = The database cannot be read or written, so nothing is traded. Call the operator.
trouble-halt-held = ⛔ Halted: no entry leaves any more. The database cannot be written now; the halt is stored as soon as it can be. It holds over a restart as well.
books-back = ✅ The database can be read and written again.
channel-lost = ⚠️ I can't post in the desk's channel <#{ $channel }> (`{ $why }`). { $waiting ->
    [0] Nothing is waiting yet.
    [one] 1 notice is waiting.
   *[other] { $waiting } notices are waiting.
 } If this lasts, auto-trading stops buying. Until then, urgent notices come to you here.
channel-back = ✅ I can post in <#{ $channel }> again. Everything that was waiting has been posted there.
another-desk-refused = ⚠️ A second bot, with another database, was started on this Slack app. It refuses to serve: Slack would hand it half of this desk's commands, halts among them. Give it an app of its own.
another-desk-found = ⛔ Another bot, with another database, is connected to this Slack app and takes some of this desk's commands, halts among them. Stop it now, or give it an app of its own. Until then, check that each command was answered by this desk.
halted-only-here = ⚠️ Only the desk of <#{ $channel }> was halted. Another bot may be connected to this Slack app: check that the desk you meant is the one that halted, and if it is not, halt again until it is.
unfinished = ⚠️ The bot stopped while it was working on your request from { $time }: { $said }. It may have been carried out or not. Check /desk and /trades, and send it again if it wasn't.
unexpected = Something went wrong. Nothing was confirmed: look with /trades. Error id for the operator: { $id }

# The demo's page

demo-note = Each day’s open, close and volume are real records. Every price in between, bid and ask included, is generated at random, so gains and losses here say nothing about the strategy. Headlines are written for the demo; orders go to a paper broker. Nothing here is real money.
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
log-activities-read = Account's activities read
log-http-answer-not-taken = HTTP: an answer was not read in time
log-http-crowded = HTTP: every place taken; who waited longest without a whole request was let go
log-http-too-slow = HTTP: a request did not come in whole in time
log-lines-repeated = The same log line again
log-order-adopted = Trade's order was not in the database, taken over
log-filled-late = Trade was given up, and filled all the same
log-corporate-actions-not-read = Corporate actions cannot be read
log-request-of-others = Request from another workspace or app refused
log-token-guessed = HTTP: wrong HTTP_TOKEN; guesses are slowed down
log-trade-restated = Trade restated after a corporate action
log-old-exit-not-cancelled = Trade's exit at the old price not cancelled
log-buying-back = Trade's surplus bought back
log-not-bought-back = Trade's surplus not bought back
log-surplus-was-others = Trade's surplus came out of shares of others, settled
log-spin-off-waits = Spin-off cannot be valued yet
log-spin-off-without-price = No price for a spin-off
log-corporate-action-absent = Announced corporate action did not happen
log-oversold = Trade sold more than it held
log-order-came-late = Trade's order came after it was over
log-exit-moved-by-hand = Trade's exit moved by hand at the broker
log-exit-makes-no-sense = Trade's exit not sent, it would be filled at once
log-approved-first = Trade approved by a first person, a second is asked
log-audit-head = Audit so far
log-breaker-mended = Circuit breaker's state in Redis made sense of again
log-cancelled = Trade cancelled
log-cannot-be-shown = Message cannot be drawn
log-cannot-look-at-channel = Channel cannot be looked at with these scopes
log-cannot-look-for-message = Slack does not show its messages
log-cards-not-redrawn = Cards not updated yet
log-carried-out-elsewhere = Trade already carried out
log-checkpoint-failed = Database's write-ahead file not brought in
log-channel-not-seen = Slack refuses a look at the channel
log-channel-not-told = Channel not told
log-claude-answer-rejected = Claude's answer rejected
log-claude-failed = Claude gave no answer
log-closed = Trade closed
log-closing = Trade closing
log-closing-everything = Closing everything at the broker
log-crashed = A thread or the program crashed
log-database-went-back = Database older than what the bot last knew
log-decided-at-the-last-moment = Trade decided at the last moment
log-desk-changed = Desk changed
log-desk-memory-not-kept = Desk's last known state not kept outside the database
log-desk-not-told = Desk not told of a failed job
log-entry-came-late = Trade's order arrived after the trade had ended
log-entry-not-cancelled = Trade's order not cancelled
log-entry-not-withdrawn = Trade's order not withdrawn
log-entries-set-aside = Entries of the signal stream set aside
log-expired = Trade expired undecided
log-failed = Trade failed, order refused
log-group-not-told = User group not read
log-turned-away = Requests were turned away without an answer, and counted
log-crowd-not-in-the-audit = How many requests were turned away could not be kept in the audit
log-group-has-nobody = Slack refuses to tell of a user group: nobody has a role by it
log-group-changed = A user group changed
log-person-changed = A person changed in the workspace
log-person-not-shown = Slack does not show a person
log-person-not-told = Slack did not say who a person is
log-workspace-not-told = Slack did not say which workspace this is
log-channel-is-shared = The desk's channel is shared with another workspace
log-flat = Everything is sold
log-foreign-bare = No stop under shares of somebody else
log-foreign-protected = Stop under shares of somebody else
log-halted = Trading halted
log-corporate-action-broken = Broken corporate action left out
log-activity-broken = Broken account activity left out
log-doubts = Reasons for exits only
log-activities-cut-short = Account activities cut short, the rest comes with the next look
log-headline-broken = Broken headline left out
log-held-up = Held up
log-home-refused = Home refused by Slack
log-job-failed = Job failed
log-kept-calendar-not-read = Kept calendar not read
log-looked-too-long-ago = Trade's order looked at again, too much time had passed
log-not-given-up = Trade not given up, somebody else is in charge by now
log-order-exists = Trade's order is at the broker, it is looked for
log-order-held-back = Trade's order held back, nothing was sent
log-order-lock-lost = Order lock lost with its connection
log-order-lock-taken-over = Order lock taken over by a halt
log-order-lock-was-not-left = Order lock not left by the one before
log-line-made-anew = Connection to Slack opened again
log-line-not-moved = Connection to Slack not moved; the old one goes on
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
log-nights-not-read = Nights not read: no daily prices
log-earnings-unreadable = Earnings dates not read
log-not-closed = Trade not closed
log-not-in-the-audit = Refusal not kept in the audit
log-not-looked-at = Trade not looked at in this round
log-not-now = Request not carried out now
log-not-sent-again = Trade's order not sent again
log-open = Trade open
log-execution-of-an-unknown-order = Execution of an order of ours that is not in the database
log-order-unclear = Trade's order unclear, the broker will be asked
log-order-unknown-to-broker = Trade's order unknown to the broker
log-order-would-be-refused = Signal not proposed, the broker would refuse the order
log-proposed = Trade proposed on a signal
log-picture-left-out = Picture left out, too many wait
log-picture-sent = Picture sent
log-report-without-account = Report without the account, the broker did not answer
log-audit-not-anchored = The audit's last row could not be written down outside the database
log-env-file-passed-over = A .env in the current folder was not read: name it with --env-file
log-reports = Reports seen to
log-protected = Trade protected by stop and target
log-redraw-refused = Redrawn message refused by Slack
log-refused = Trade refused
log-rejected = Trade rejected
log-replay-skipped = Nothing to see, the replay goes on later
log-cancel-pending = Sale waits: the broker is still cancelling an order
log-selling = Trade's shares being sold
log-service-back = Service back
log-service-lost = Service lost
log-slack-heard = Slack answers again
log-slack-out-of-reach = Slack out of reach
log-stream-moved-away = Signal stream unusable, moved away and begun anew
log-slack-silent = Slack silent for too long, auto-trading waits
log-setting-not-taken = Changed setting does not fit the configured ones, left out
log-score-not-repeatable = Signal not proposed: its score did not come out again from its bars
log-bars-read-anew = Bars read anew: they were adjusted or corrected
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
