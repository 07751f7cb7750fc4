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
    [reducing] exits-only
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
    [asked] not scored
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
    [spread] spread too wide
    [no_quote] quote too old to show the spread
    [price_age] quote too old
    [price_drift] price moved too far since the proposal
    [stop_passed] price at or below the stop
    [target_passed] price at or above the target
    [daily_loss] daily loss limit reached
    [drawdown] drawdown limit reached
    [active] the desk is active
    [reducing] the desk is exits-only
    [halted] the desk is halted
    [desk_reducing] the desk is exits-only
    [desk_halted] the desk is halted
    [nothing_to_sell] no position (long only)
    [exit_signal] sell signal for the open trade
    [not_repeatable] its score didn't reproduce from its bars; reloading them
    [symbol_taken] already held, ordered or proposed
    [symbol_rests] in cooldown after its last trade
    [outside_regular_hours] outside trading hours
    [expired] not sent in time; the approved price was too old by then
    [never_arrived] the order never reached the broker
    [desk_away] the bot wasn't running until it was too late
    [truth_unknown] broker not responding, so orders and positions are unknown; trading resumes by itself once they are confirmed
    [truth_contradicts] the broker has no record of open trades' orders: check that this is the right account; /resume accepts its positions
    [other_strategy] proposed by a strategy that is no longer live
    [order_refused] the broker would reject the order
    [not_filled] limit price not reached in time
    [no_price] no usable quote at the last check
    [last_entry] too close to the close for a new entry
    [corporate_action] corporate action pending
    [symbol_halted] trading halted by the exchange
    [oversold] more shares sold than held
    [trade_fault] the bot can't handle a trade, because of an error of its own (the alert names it); trading resumes by itself once it can
    [strategy_unusable] the strategy can't be used: fix its file and restart the bot (/strategy names the line)
    [prices_stale] no usable quotes
    [clock_differs] bot and broker clocks differ
    [unexplained] share count changed with no matching execution
    [spin_off] a position has no stop until its spin-off is valued
    [database_went_back] the database is older than the desk's last known state, so a halt may be missing: check orders and positions before /resume
    [database_replaced] the database was deleted or replaced while the bot ran: check orders and positions before /resume
    [memory_unreadable] the desk's last known state cannot be read: check orders and positions before /resume
    [for_news] news
    [for_earnings] earnings ahead
    [for_chart] the chart doesn't look right
    [for_risk] too much risk
    [for_market] market conditions
    [for_data] prices or data look wrong
    [for_absence] nobody can watch it
    [for_mistake] a mistake
    [none] no reason given
   *[other] { $reason }
}
why-with-words = { $why }: { $words }
why-lasting = { $reason ->
    [prices_stale] no usable quotes for { $span }
   *[clock_differs] bot and broker clocks differ by { $span }
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
    [solvency] no equity in the account ({ $figure })
    [daily_loss] today's loss is { $figure } of opening equity, limit { $limit }
    [drawdown] drawdown is { $figure }, limit { $limit }
    [losing_streak] losing-streak cooldown after { $figure } losses in a row, limit { $limit }
    [stop_cooldown] stopped out { $figure } ago ({ $limit } cooldown)
    [trades_a_day] would be trade { $figure } today, limit { $limit }
    [open_positions] open positions would be { $figure }, limit { $limit }
    [risk] risk per trade is too small for one share
    [headroom] headroom under the open-risk limit is too small for one share
    [desk] size set to 0 by the desk
    [corporate_action] corporate action pending
    [risk_of_one_trade] would risk { $figure }, limit { $limit }
    [open_risk] open risk could reach { $figure }, limit { $limit }
    [buying_power] { $unit ->
        [shares] buying power is too small for one share
       *[other] costs { $figure }, buying power { $limit }
    }
    [exposure] { $unit ->
        [shares] max position size is too small for one share
       *[other] position size would be { $figure }, limit { $limit }
    }
    [overnight_risk] overnight risk would be { $figure }, limit { $limit }
    [overnight_unknown] overnight risk unknown (symbols with under 60 nights of prices: { $figure })
    [earnings] earnings too close (trading days left: { $figure }, no entries within { $limit })
    [earnings_unknown] can't read the earnings dates
    [not_tradable] not tradable at this broker
    [min_price] price is { $figure }, minimum { $limit }
    [min_volume] volume today is { $figure }, minimum { $limit }
    [spread] spread is { $figure }, limit { $limit }
    [no_quote] no spread: last quote is { $figure } old, limit { $limit }
    [price_age] quote is { $figure } old, limit { $limit }
    [price_drift] price moved { $figure } since the proposal, limit { $limit }
    [stop_passed] price is { $limit }, at or below the stop at { $figure }
    [target_passed] price is { $limit }, at or above the target at { $figure }
   *[other] { $rule }: { $figure }, limit { $limit }
}
source = { $source ->
    [replay] Recorded opens and closes, generated intraday prices; paper broker
    [alpaca-iex] Live prices from one exchange (IEX, by Alpaca)
    [alpaca-sip] Live prices from all exchanges (SIP, by Alpaca)
   *[other] Prices: { $source }
}
quantity = { $unit ->
    [shares] { $figure ->
        [one] { $figure } share
       *[other] { $figure } shares
    }
    [basis_points] { $figure } bp
    [days] { $figure ->
        [one] { $figure } day
       *[other] { $figure } days
    }
   *[other] { $figure }
}
date-time = { $day }, { $time }

## Scores

score = *Score { $score }* · { strength }: technical { $technical }, news { $news }
score-strategy = Strategy { $name } ({ $fingerprint })
score-code = Strategy code → { $points }
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
    [key] Claude rejected the API key
    [request] Claude rejected the request; check the model name
    [outage] Claude isn't responding
    [answer] Claude's answer failed its checks
    [unread] not read yet
    [workers] the workers died while scoring them
   *[other] { $detail }
}
scorer = { $scorer ->
    [keywords] scored by keywords
    [claude] scored by Claude
    [mixed] scored by keywords and by Claude
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
    [proposed] Buy { $shares } { $symbol } at { $price }?
   *[other] { $shares } { $symbol } at { $price }: { state }
}
# The lock screen's line: it fits in 110 characters.
proposal-lead = { $title } Risk { $dollars } ({ $percent }), stop { $stop }, target { $target }, expires { $time }
proposal-risk = *Risk* { $dollars } ({ $percent }) · *Cost* { $cost }
proposal-exits = *Stop* { $stop } · *Target* { $target }{ $ratio ->
    [none] { "" }
   *[other] { "" } · *R/R*{ "\u00A0" }{ $ratio }
}
proposal-open-risk = *Open risk* { $before } → { $after } of { $ceiling }
proposal-risk-then = *Open risk when proposed* { $before } → { $after }
proposal-result = *Result* { $result }{ $part ->
    [none] { "" }
   *[other] { "" } ({ $part })
}
proposal-why = Why: score { $score }, { strength }
proposal-why-asked = Why: { source-word }
proposal-origin = { $source ->
    [desk] *Proposed by* { actor }
    [webhook] *From a webhook* “{ $name }”
   *[mcp] *From an agent* “{ $name }”
}{ $note ->
    [none] { "" }
   *[other] : { $note }
}
proposal-limit-asked = *Limit* { $limit } or better, for today only. After a partial fill, the unfilled part is cancelled and the shares bought get stop and target; what isn't bought by the close is cancelled.{ $hours ->
    [extended] { " " }Outside regular hours, stop and target go in after the fill and work in regular hours only.
   *[regular] { "" }
}
source-word = { $source ->
    [desk] by hand
    [webhook] webhook
    [mcp] agent (MCP)
   *[strategy] strategy
}
score-unscored = No score: this buy was proposed by hand or from outside, so the strategy didn't rate it. The desk's size, limits and rules apply.
# The words of /buy, each with the name of its part.
buy-names = entry=limit sl=stop tp=target because=reason
proposed-by-hand = Proposed: buy { $shares } { $symbol } at { $price }, stop { $stop }, target { $target }. Risk { $dollars } ({ $percent } of equity).
proposed-by-hand-next = Its card is in the desk's channel. Nothing is bought until it's approved there; if this desk requires a second approver, someone else must approve it.
proposal-distances = *Stop* { $stop } · *Target* { $target }{ $day ->
    [none] { "" }
   *[other] { "" } · *Today* { $day }
}
proposal-overnight = { $after ->
    [none] *Overnight risk* unknown (fewer than 60 nights of prices)
   *[other] *Overnight risk* { $before } → { $after } (worst 1% of nights)
}
sizing-sum = *Size* { $equity } × { $part } ÷ ({ $entry } − { $stop }) = { $unrounded } → { shares }
sizing-cap = *Cap* { why }
sizing-resized = *Resized* { $planned } → { shares }
proposal-limit = *Outside regular hours* Limit order at { $limit } or better. Stop and target go in after the fill and work in regular hours only.
proposal-halted = ⛔ *Halted by the exchange* since { $since }: { $why }. { $state ->
    [proposed] Approve works again once the halt ends.
    [open] { $exits ->
        [stop] The stop stays at the broker.
       *[both] Stop and target stay at the broker.
    }
   *[other] Orders wait for it to end.
}
proposal-earnings = 📅 *Earnings* { $near }
proposal-expires = *Expires* { $time }
trade-id = ID { $id }
button-approve = Approve
button-resize = Resize
button-reject = Reject
button-inspect = Inspect
button-close = Close
button-close-symbol = Close { $symbol }
button-move = Move
button-move-stop = Move stop
button-move-target = Move target
button-keep = Keep
label-approve = Approve: buy { $shares } { $symbol } at { $price }
label-resize = Resize { $symbol }, now { shares }
label-reject = Reject: don't buy { $symbol }
label-inspect = Inspect { $symbol }
label-close = Close { $symbol }: sell { $shares } at the market
label-move = { $exit ->
    [target] Move the target
   *[stop] Move the stop
} of { $symbol }, now { $price }
label-keep = Keep { $symbol }
confirm-close = Close { $symbol }?
confirm-close-text = Sells { shares } at the market. If the market is closed, the order waits for the open.

## The life of a trade

approver = { $standing ->
    [yes] under standing approval { $by }
   *[no] by { actor }
}
decided = { $state ->
    [rejected] Rejected by { actor }, { $time }. No order was sent.
    [expired] Expired { $time } (not approved). No order was sent.
    [refused] Refused { $time }. No order was sent.
    [cancelled] Cancelled after approval { approver }.
    [failed] The broker rejected the order. Approved { approver }.
   *[approved] { $by ->
        [engine] Approved automatically, { $time }.
       *[other] Approved { approver }, { $time }.
    }
}
approval-changed = Was { $before } at { $shown }, now { $after } at { $price }: { $reason ->
    [desk] price moved within tolerance, same size
    [risk] { $moved ->
        [yes] price moved within tolerance, resized to risk per trade
       *[no] equity changed, resized to risk per trade
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
first-approved = *First approval by { actor }*; a second person must approve.
second-asked = First approval by { actor }: buy { $shares } { $symbol }. A second person must approve.
second-asked-how = Press Approve on the card. No order goes out before that. Reject cancels the proposal.
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
    [none] Close { $symbol }? Sell signal while holding { shares }.
   *[other] Close { $symbol }? Sell signal ({ $score }) while holding { shares }.
}
exit-asked-plan = Entry { $entry } · Stop { $stop } · Target { $target }
exit-asked-over = { $symbol }: nothing left to decide; the trade is { state }.
closing = { $by ->
    [engine] { $reason ->
        [desk] Closing { $symbol } (everything is being sold)
       *[other] Closing { $symbol } ({ fact-exit })
    }
    [none] Closing { $symbol }
   *[other] { actor } is closing { $symbol }
}: selling { shares } at the market. { exits-over }
exits-over = { $exits ->
    [stop] The stop is being cancelled.
   *[both] Stop and target are being cancelled.
}
sale-broker-away = ⚠️ The broker can't be reached. The bot sends the sale once it can.
sale-waits = { $at ->
    [none] ⏳ The sale waits for the exchange's halt to end.
   *[other] ⏳ Outside regular hours, the sale waits for the open: { $at }.
}
time-exit = { $reason ->
    [overnight] 🌙 Selling { shares } of { $symbol } at the market before the close: no overnight positions.
    [before_close] 🌙 Selling { shares } of { $symbol } at the market: the desk goes flat before the close.
   *[longest_hold] ⏳ Selling { shares } of { $symbol } at the market: max hold reached.
}
exit-kept = { actor } keeps { $symbol }. { $exits ->
    [stop] The stop stays in place.
   *[both] Stop and target stay in place.
}
closed =
    { $exit ->
        [stop] 🛑 Closed: stop hit
        [target] 🎯 Closed: target hit
        [desk] { $by ->
            [none] 🏁 Closed by the desk
           *[other] 🏁 Closed by { actor }
        }
        [signal] 🏁 Closed on a sell signal
        [corporate_action] 🏁 Closed: taken out by a corporate action
        [overnight] 🌙 Closed: no overnight hold
        [before_close] 🌙 Closed: flat before the close
        [longest_hold] ⏳ Closed: max hold reached
       *[none] 🏁 Closed
    }
    📊 { $symbol } SELL { shares }
    💵 P&L: { $result }{ $part ->
        [none] { "" }
       *[other] { " · " }{ $part }
    }{ $multiple ->
        [none] { "" }
       *[other] { " · " }{ $multiple }
    }
    💰 Exit price: { $price } (entry { $entry })
    ⏱ Held: { $held ->
        [none] { unknown }
       *[other] { $held }
    }
    🆔 Trade ID: { $id }
unprotected = ⚠️ { $symbol }: no live stop on { shares }. The bot sent a new one at { $stop }; check it at the broker.
unprotected-still = ⛔ { $symbol }: no live stop on { shares }, and the broker rejects a new one: { $trouble }. Close the position or set a stop at the broker now.
unprotected-closing = ⚠️ { $symbol }: no live stop on { shares }. They are already being sold; don't sell them at the broker as well.
unprotected-over = ℹ️ { $symbol }: its shares had no live stop for a while. The trade is over by now; nothing to do.
sale-rejected = ⛔ { $symbol }: the broker rejects the sale of { shares }: { $trouble }. They have no stop any more. The bot keeps trying; if it can't wait, sell at the broker.
no-reason = no reason given
rejected-later = the broker accepted the sale, then rejected it
sold-after-ours = waits until the bot's own sales are filled
unprotected-on-hold = ⛔ { $symbol }: no live stop on { shares }. The bot sends none while the share count at the broker is unexplained. Check the position and set a stop at the broker; once the count there is right, an admin types /resume.
sold-by-hand = ⚠️ { $symbol }: { $gone ->
    [none] shares were
    [one] 1 share was
   *[other] { $gone } shares were
} sold outside the bot{ $known ->
    [exact] { "" } at { $price }.
    [estimate] , booked at about { $price } (estimate: no execution found).
   *[none] . Booked at about the last price.
}
stop-by-hand = ✋ { $symbol }: a stop set by hand at the broker, at { $price } for { $shares ->
    [one] 1 share
   *[other] { $shares } shares
}, stands in for the bot's.
stop-by-hand-then = { $rest ->
    [none] While it stands, the bot moves no stop and has no target at the broker. Risk counts at the lower of it and the planned { $planned }. Cancel it, and the bot sends its own at { $planned }.
   *[other] The bot's own stop is for the rest ({ $rest }). Risk counts at the lower of the two prices.
}
sold-by-hand-left = The trade now holds { shares }.

## What changed outside the bot

oversold = 🚨 { $symbol }: more shares sold than held. { $cause ->
    [both_exits] Stop and target both filled.
    [by_hand] The bot sold shares that had already been sold by hand.
    [late_fill] An exit filled late.
   *[unknown] The cause is unknown.
} { $shares ->
    [none] The account is short.
    [one] The account is short 1 share.
   *[other] The account is short { $shares } shares.
}
oversold-then = { $asks ->
    [yes] Exits only. No automatic buy-back (COVER_SHORTS is off): use /close { $symbol } to cover.
   *[no] Exits only. The bot buys the shares back at the market in regular hours, even if the desk is halted; if the exchange has halted { $symbol }, once that halt ends.
}
covering = { $shares ->
    [none] 🔁 { $symbol }: covering the short at the market.
    [one] 🔁 { $symbol }: buying back 1 share at the market.
   *[other] 🔁 { $symbol }: buying back { $shares } shares at the market.
}
cover-refused = ⛔ { $symbol }: the broker rejects buying back { $shares ->
    [one] 1 share
   *[other] { $shares } shares
}: { $trouble }. The account stays short. The bot keeps trying; if it can't wait, buy them back at the broker.
cover-refused-over = ℹ️ { $symbol }: the broker rejected buying back the oversold shares. The account is no longer short; nothing to do.
exit-moved = { $after ->
    [none] ✋ { $symbol }: { $exit ->
        [target] target
       *[stop] stop
    } moved by hand at the broker. The bot leaves it there.
   *[other] ✋ { $symbol }: { $exit ->
        [target] target
       *[stop] stop
    } moved by hand at the broker, { $before } → { $after }. The bot leaves it there.
}
exit-moved-risk = *Risk* { $before } → { $after } of equity
entry-changed = ✋ { $symbol }: entry changed by hand at the broker, { $before } → { $after }. The bot leaves it there.
entry-terms = { $shares ->
    [one] 1 share
   *[other] { $shares } shares
}{ $limit ->
    [none] {" "}at the market
   *[other] , limit { $limit }
}
exit-changed = ✋ { $symbol }: { $exit ->
    [target] target
   *[stop] stop
} { $before } → { $after }, by { actor }.
exit-not-moved = ⚠️ { $symbol }: { $exit ->
    [target] the target was not moved to { $wanted }. It is still at { $stands }.
   *[stop] the stop was not moved to { $wanted }. It is still at { $stands }.
} { $trouble ->
    [none] The broker didn't confirm it within 5 minutes.
    [too-loose] Lowering a stop needs an active desk and room in the risk limits, which is no longer the case. Try /stop again once it is.
   *[other] The broker rejected it: { $trouble }.
}
exit-not-moved-by-hand = ⚠️ { $symbol }: a stop set by hand at the broker holds the shares, so { $exit ->
    [target] no target can stand at { $wanted }. Cancel it, and the bot sends its own stop and target; /close sells now.
   *[stop] the stop wasn't moved to { $wanted }. Move that one there, or cancel it; the bot then sends its own.
}
part-sold = 🎯 { $symbol }: sold { $shares } of { $bought } at the target, { $price } ({ $gain }). { $trails ->
    [yes] The rest trails: { $left } left, stop { $stop }.
   *[no] The rest keeps its stop: { $left } left, stop { $stop }.
}
stop-sold = 🛑 { $symbol }: a stop sold { $shares } at { $price }{ $gain ->
    [none] .
   *[other] {""} ({ $gain }).
} { $left ->
    [0] Nothing is left.
   *[other] { $left } left, stop { $stop }.
}
part-sold-before = Part of it was sold at the target; the exit price is the average.
target-part-sold = { $price } (part sold)
stop-trailed = 📈 { $symbol }: the stop follows the price, now { $stop } ({ $change } from entry).
trail-set = ✋ Changed by { actor }:
trail-on = { $symbol }: { $rule }. Stop now { $stop }; it only moves up, after each bar.
trail-off = { $symbol }: trailing stop off. The stop stays at { $stop }.
exit-set = { $symbol }: { $exit ->
    [target] target
   *[stop] stop
} { $before } → { $after }.
exit-on-its-way = ⏳ { $symbol }: { $exit ->
    [target] target
   *[stop] stop
} { $before } → { $after } requested; the broker hasn't confirmed it yet. Until then it stays at { $before }. I'll post the result in the trade's thread.
exit-risk = *Risk* { $before } → { $after }
exit-risk-figure = { $dollars } ({ $percent })
exit-trail-ended = The stop no longer moves by itself; type /trail to let it follow the price.
exit-stands = *{ $symbol }* { shares } at { $entry }: stop { $stop }, target { $target }
exit-stands-risk = *Risk now* { $risk }. Each $1 the stop moves changes it by { $each }.
exit-rules = *Exits* { $rules }
exit-rule-trail = stop { $part } under the highest close
exit-rule-atr = stop { $ranges } ATR under the highest close
exit-rule-breakeven = stop to breakeven at +{ $multiple }R
exit-rule-bars = { $bars ->
    [one] sold after { $bars } bar
   *[other] sold after { $bars } bars
}
exit-rule-partial = { $sold ->
    [yes] { $shares } of { $bought } sold at the target, the rest runs
   *[no] target sells { $shares } of { $bought }, the rest runs
}
exit-rule-partial-whole = too few shares to split: the target sells all
exit-rule-moving = ⏳ { $exit ->
    [target] Target
   *[stop] Stop
} on its way to { $price }
exit-senseless = { $market ->
    [none] ⛔ { $symbol }: { $exit ->
        [target] target
       *[stop] stop
    } not sent: it is on the wrong side of the market.
   *[other] { $exit ->
        [target] ⛔ { $symbol }: target { $price } not sent: it is below the market ({ $market }).
       *[stop] ⛔ { $symbol }: stop { $price } not sent: it is above the market ({ $market }).
    }
}
exit-senseless-then = { $exit ->
    [target] Set it at the broker
   *[stop] Move it with /stop { $symbol }
}, or close the position: press Close or type /close { $symbol }.
no-stop = 🚨 { $symbol }: no stop on { shares }. The market ({ $market }) has already reached the stop at { $price }, so it was not sent.
no-stop-then = To sell now, press Close or type /close { $symbol }. To hold on, set a lower stop at the broker. If the market gets back above { $price }, the bot sends the stop by itself; cancel yours then.
corporate-action = { $kind ->
    [split] { $new ->
        [none] split
       *[other] { $new }-for-{ $old } split
    }
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
    [split] No new entries in { $symbol } until it's done. Shares, entry, stop and target are then adjusted by the same ratio; orders go out at adjusted prices only.
    [rename] No new entries in { $symbol } until it's done. Stop and target then carry over to the new symbol at the same prices.
    [spin_off] No new entries in { $symbol } until it's done. Stop and target come off before the open, because the price drops by the value spun off. Once both shares trade, the bot adjusts entry, stop and target to the value that remains, usually within minutes of the open. The position has no stop until then; to avoid that, sell before the close.
    [merger] No new entries in { $symbol } until it's done. Stop and target end with the old shares.
    [removal] No new entries in { $symbol } until it's done. Stop and target end with the shares; close the position while it still trades.
   *[none] No new entries in { $symbol } until it's done. No orders go out at old prices; check stop and target at the broker.
}
restated = 🔁 { $symbol }: adjusted for a corporate action ({ $action }).
restated-line = { $what ->
    [shares] *Shares*
    [short] *Short*
    [stop] *Stop*
    [target] *Target*
   *[symbol] *Symbol*
} { $before } → { $after }
restated-spun-off = { $shares ->
    [none] The spun-off shares are not part of the trade.
    [0] *Outside the trade*: less than a share of { $new_symbol }, cost basis { $cost }
    [one] *Outside the trade*: 1 share of { $new_symbol }, cost basis { $cost }
   *[other] *Outside the trade*: { $shares } shares of { $new_symbol }, cost basis { $cost }
}
spin-off-waits = 🚨 { $symbol }: no stop. Its { $action } can't be valued yet, so no orders go out at the old prices.
action-late = { $by ->
    [account] 🚨 { $symbol }: no stop on { shares }. The account reports its { $action }, but the bot can't match it to the position, so no orders go out at the old prices.
   *[calendar] 🚨 { $symbol }: no stop on { shares }. Its { $action } is due, but the broker doesn't show it yet, so no orders go out at the old prices.
}
action-late-then = { $by ->
    [account] The stop won't come back by itself unless the position changes. Check it with the broker and set a stop there by hand. To sell instead, press Close or type /close { $symbol }; that sells the shares the broker shows now.
   *[calendar] The bot carries on by itself once the broker shows it. If it turns out not to have happened, the old stop comes back 15 minutes after the open. Until then, watch the price. To sell now, press Close or type /close { $symbol }; that sells the shares the broker shows now.
}
spin-off-missing = { $missing ->
    [child] The spun-off company is not known yet.
    [rate] The ratio is not known yet.
    [price] { $symbol ->
        [none] One of the two shares has no usable quote yet.
       *[other] { $symbol } has no usable quote yet.
    }
   *[none] The details are not known yet.
}
spin-off-waits-then = The bot carries on by itself once that is known. Until then: exits only. To close the position now, press Close or type /close { $symbol }; its P&L is booked once the spin-off is valued.
restated-kept = No effect on P&L. Trade ID: { $id }
restated-trade = *Adjusted for a corporate action*: { shares } bought{ $cash ->
    [none] { "" }
   *[other] { "" }, { $cash } of P&L from before it or from fractional shares
}
stop-live = *Live stop* { $live } (planned { $planned })
trade-short = 🚨 *Short* { shares }: more shares sold than held
cash-in-lieu = { $dollars ->
    [none] 💵 { $symbol }: cash in lieu of fractional shares received and booked to the trade.
   *[other] { $spun_off ->
        [none] 💵 { $symbol }: { $dollars } in lieu of fractional shares, booked to the trade.
       *[other] 💵 { $symbol }: { $dollars } in lieu of fractional shares of { $spun_off }. They were spun off, so this is not part of the trade.
    }
}
unexplained = { $now ->
    [none] 🚨 { $symbol }: share count at the broker changed with no matching execution.
   *[other] { $before ->
        [none] 🚨 { $symbol }: share count at the broker is now { $now } with no matching execution.
       *[other] 🚨 { $symbol }: share count at the broker changed, { $before } → { $now }, with no matching execution.
    }
}
unexplained-price = *Price* { $before } → { $now }
unexplained-then = Orders and bookings in { $symbol } are on hold, and the desk is exits-only. Check the position at the broker. Once the count there is right, an admin types /resume.
adopted = ⚠️ { $symbol }: picked up one of the bot's own orders that was missing from the database: { shares } at { $price }, stop { $stop }. Trade ID: { $id }
adopted-position = { $by } adopted { $symbol }, bought outside the bot: { shares } at { $price }, stop { $stop }, target { $target }. Trade ID: { $id }
adopted-answer = { $symbol }: adopted { shares }, stop { $stop }, target { $target }. Trade ID: { $id }
graded = { $by } graded the process of { $symbol }: { grade-word }.
grade-word = { $grade ->
    [good] good
   *[poor] poor
}
trade-grade = *Process* { grade-word } ({ $by })
button-grade = { $grade ->
    [good] Good process
   *[poor] Poor process
}
label-grade = { $grade ->
    [good] Grade the process of { $symbol } as good, whatever the result
   *[poor] Grade the process of { $symbol } as poor, whatever the result
}
journal-report-title = 📝 Journal: { $closed ->
    [one] 1 trade
   *[other] { $closed } trades
} closed
journal-dates = { $first } to { $last }, New York
journal-simulated = What was not taken is simulated by the backtest's rules, before fees.
journal-nothing = Nothing closed, turned down or graded in these days yet.
journal-lesson-deserved = ⭐ { $count ->
    [one] 1 win
   *[other] { $count } wins
} after a good process: do that again.
journal-lesson-unlucky = 👍 { $count ->
    [one] 1 loss
   *[other] { $count } losses
} after a good process: part of the business. Change nothing for { $count ->
    [one] it
   *[other] them
}.
journal-lesson-lucky = 💡 { $count ->
    [one] 1 win
   *[other] { $count } wins
} after a poor process: luck. Don't repeat { $count ->
    [one] it
   *[other] them
}.
journal-lesson-earned = 🔍 { $count ->
    [one] 1 loss
   *[other] { $count } losses
} after a poor process: the ones to learn from.
journal-lesson-left = { $side ->
    [missed] ⚠️ { $count ->
        [one] 1 proposal
       *[other] { $count } proposals
    } not taken would have made { $dollars }.
   *[saved] ✅ { $count ->
        [one] 1 proposal
       *[other] { $count } proposals
    } not taken would have lost { $dollars }.
}
journal-lesson-ungraded = ❓ { $count ->
    [one] 1 trade has
   *[other] { $count } trades have
} no grade: two taps on the card.
journal-process = *Process and result*
journal-process-line = • { $grade ->
    [good] Good process
    [poor] Poor process
   *[none] Not graded
}: { $won } won{ $won_result ->
    [none] { "" }
   *[other] { "" } ({ $won_result })
} · { $lost } lost{ $lost_result ->
    [none] { "" }
   *[other] { "" } ({ $lost_result })
}{ $flat ->
    [0] { "" }
   *[other] { "" } · { $flat } breakeven
}
journal-reasons = *Reasons given*
journal-other-reason = other or none
journal-reason-line = • { $act ->
    [reject] Rejected
   *[close] Closed
}, { $why }: { $count }{ $known ->
    [0] {" "}(no result yet)
   *[other] { $act ->
        [reject] , would have come to { $result }
       *[close] , came to { $result }
    }
}
journal-not-taken = *Not taken* (simulated)
journal-notes = *Notes*
journal-title = *Journal*
journal-grade = Process { grade-word }: { $count ->
    [one] { $count } trade
   *[other] { $count } trades
}{ $mean ->
    [none] { "" }
   *[other] { "" }, { $mean } on average
}
journal-ungraded = Not graded: { $count }
journal-missed = Not taken: { $count ->
    [one] { $count } proposal
   *[other] { $count } proposals
} would have come to { $dollars }
journal-note = • { $symbol } { $by }: { $text }
journal-more = … and { $count ->
    [one] { $count } more note
   *[other] { $count } more notes
}
filled-late = { $price ->
    [none] ⚠️ { $symbol }: late fill. The bot had given up on the order, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
   *[other] { $shares ->
        [none] ⚠️ { $symbol }: late fill at { $price }. The bot had given up on the order, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
        [one] ⚠️ { $symbol }: late fill, 1 share at { $price }. The bot had given up on the order, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
       *[other] ⚠️ { $symbol }: late fill, { $shares } shares at { $price }. The bot had given up on the order, but the broker filled it. The trade is open, stop { $stop }. Trade ID: { $id }
    }
}
money-moved = { $kind ->
    [deposit] 💵 Deposit
    [withdrawal] 💵 Withdrawal
    [dividend] 💵 Dividend
    [fee] 💵 Fee
    [interest] 💵 Interest
   *[other] 💵 Cash movement
}{ $symbol ->
    [none] { "" }
   *[other] { "" } ({ $symbol })
}{ $dollars ->
    [none] { "" }
   *[other] : { $dollars }
}. Not counted as trading P&L.
cancel-stuck = ⏳ { $symbol }: a cancel is still pending at the broker. The exit behind it goes out once the cancel is done.
order-kept = 🚨 { $symbol }: the bot asked to cancel { $order ->
    [stop] a stop
    [target] a target
    [exit] a sell order
    [cover] a buy-back order
   *[entry] an entry
} ({ $shares ->
    [one] 1 share
   *[other] { $shares } shares
}), but the broker still has it. It can still { $order ->
    [entry] buy
    [cover] buy back too many
   *[sell] sell too many, or at an old price
}. { $pending ->
    [yes] The cancel is pending: check the order at the broker.
   *[no] Cancel it at the broker.
}

## Notices about the desk

foreign-position = { $shares ->
    [none] ℹ️ { $symbol }: the shares the bot didn't buy are gone: sold by a stop or by hand.
   *[other] { $side ->
        [short] ⚠️ { $symbol }: the account is short { shares } that the bot didn't sell, counted as risk. The bot buys them back only on /halt flatten.
       *[long] ⚠️ { $symbol }: { shares } in the account that the bot didn't buy, counted as risk. The bot sells them only on /halt flatten, or by a stop that it sets on them.
    }
}
foreign-protected = { $stop ->
    [none] 🛡️ { $symbol }: stop set on { shares } the bot didn't buy.
   *[other] 🛡️ { $symbol }: stop set at { $stop } on { shares } the bot didn't buy.
}
foreign-awaits = ⛔ { $symbol }: no stop on shares the bot didn't buy. A corporate action is due today and the account doesn't show it yet. The bot sends one once it does; if it can't wait, set a stop at the broker.
foreign-bare = ⛔ { $symbol }: no stop on shares the bot didn't buy. The broker rejected it: { $trouble }. Set a stop at the broker or sell them there.

halted = ⛔ Trading halted by { actor }. No new trades; stops and targets stay. An admin resumes with /resume.
halt-reason-added = ⛔ { actor } halted too; trading was already halted.
halt-taken-back = ✅ { actor } undid the halt within 30 s: trading runs again. Proposals and entries that it stopped stay stopped.
reducing = ⚠️ Exits only, set by { actor }. No new trades; stops and targets stay.
flattening = ⛔ Selling everything (by { actor }): all entries are cancelled, all positions closed. I'll post when flat.
flatten-no-window = The sell-everything window didn't open. Type /halt flatten again.
flattening-asked = ⛔ Halted, selling everything. The channel gets the result of each position.
flatten-waits = ⚠️ Orders sent outside regular hours wait for the open: { $at }.
flatten-stuck = ⛔ Not flat yet: { $what } is still open ({ $detail }). The bot keeps trying; close or cancel it at the broker.
flat = ✅ Flat: no positions and no orders at the broker. Trading stays halted; an admin resumes with /resume.
slack-back = ⚠️ Slack is back after { $span }. Auto-trading bought nothing in the meantime; new proposals wait for approval.
resumed = ✅ Trading resumed by { actor }.
resumed-runs = Watching { $symbols ->
    [one] 1 symbol
   *[other] { $symbols } symbols
} for new trades. { $risk ->
    [none] Open risk is unknown: the broker isn't responding.
   *[other] Open risk now: { $risk }.
}
auto = { $mode ->
    [on] Auto-trading on: proposals within the limits are bought without asking.
   *[off] Auto-trading off: every proposal waits for approval.
}
set-by = Set by { actor }.
signal-kept = Signal in { $symbol }, not proposed: { $why }.
signals-kept = { $count ->
    [one] 1 signal not proposed
   *[other] { $count } signals not proposed
} since { $since }:
signals-kept-line = • { $symbols }: { $why }
risk-warning = ⚠️ Open risk { $figure }, close to the limit. Trading halts at the limit.
loss-limit = { $rule ->
    [daily_loss] ⛔ No new entries today (New York time): { $why }. Stops stay; exits still work.
   *[other] ⛔ No new entries until equity recovers: { $why }. Stops stay; exits still work.
}
set-aside = ⚠️ { $count ->
    [one] 1 signal-stream entry matched no proposal of this desk and was
   *[other] { $count } signal-stream entries matched no proposal of this desk and were
} set aside. Another program or another version of the bot may be writing to it. Proposals continue as usual.
trade-fault = 🚨 *{ $what }: the bot can't handle it, because of an error of its own.* Its orders stay at the broker, but fills may not be booked, nor a lost stop replaced, a stop trailed or a timed exit made. Everything else is handled as usual. Exits only until this is over.
trade-fault-how = Check the position and its stop at the broker; if it can't wait, close it there. Send the operator the log's “look_failed”. The bot tries again each round, and trading resumes by itself once that works.
job-failed = ⚠️ Job “{ $job }” failed. It runs again on schedule. Error ID for the operator: { $id }
job-recovered = ✅ Job “{ $job }” is running again.
strategy-unusable = { $role ->
    [live] 🚨 *No usable strategy: exits only.* Nothing is proposed or bought. Stops, targets and timed exits stay in force.
   *[shadow] ⚠️ A strategy is left out of shadow. Trading continues without it.
}
strategy-unusable-how = Fix it, check with trading-bot doctor, then restart the bot.
strategy-switched = ⚠️ Strategy changed from { $before } to { $after }. Proposals of the old strategy can no longer be approved; open trades keep their stops and targets.
leader-replaced = ⚠️ { $leader } leads now. The previous leader, { $before }, has not responded since { $since }.
leader-lost = 🚨 *No process has run the desk's jobs since { $since }.*{ $leader ->
    [none] { "" }
   *[other] { "" } Last was { $leader }.
} Bars aren't evaluated, fills aren't tracked, and missing stops aren't replaced; risk limits, timed exits, trailing stops and reports stand still. Stops and targets stay at the broker.
leader-lost-how = Start a scheduler (trading-bot status shows what runs), and watch positions on the broker's own page. Until then nothing new can be bought or approved. /halt, /close and tighter stops still work.
leader-back = ✅ The desk's jobs are running again. Entries can be approved again.
service = { $service ->
    [market] Prices
    [news] News
    [broker] The broker
    [redis] Redis
    [claude] Claude
    [slack] Slack
    [strategy] The strategy
    [halts] Halt feed
   *[other] { $service }
}
service-lost = { $service ->
    [claude] ⚠️ { claude-problem }. New headlines aren't scored, and scores exclude them; the bot keeps retrying.
    [strategy] ⚠️ *The strategy isn't producing scores*: { $detail }. No signals, so nothing new is bought and nothing is sold on a signal; stops, targets and timed exits stay in force. The bot retries at the next bar.
    [halts] ⚠️ *New exchange halts may be missed*: no connection to the exchanges' status stream for over a minute. Check for halts before you approve, close or move a stop. Known halts still apply, and entries still need a recent trade, which a halted symbol soon lacks. The bot keeps reconnecting.
   *[other] ⚠️ { service }: no response ({ $detail }). No data is lost; the bot keeps retrying.
}
service-back = { $service ->
    [strategy] ✅ The strategy is producing scores again.
    [halts] ✅ Exchange halts are visible again.
   *[other] ✅ { service }: back.
}
budget-spent = ⚠️ Claude's budget for today is used up. New headlines aren't scored until tomorrow (UTC), and scores exclude them.
started = { $broker ->
    [alpaca-live] 🔴 *LIVE: the bot is trading REAL MONEY.*
   *[other] ✅ The bot is running.
}
started-broker = { $broker ->
    [alpaca-live] *Every order is a real order in the live Alpaca account.* /halt stops new trades.
    [alpaca-paper] Broker: the paper account at Alpaca. No real money.
    [paper] Broker: paper simulation inside the bot. No real money.
   *[other] Broker: { $broker }
}
trade-unreadable = Notice “{ $kind }”: trade { $id } is not in the database. Check /trades, and tell the operator.
notice-unreadable = ⚠️ A notice of the kind “{ $kind }”{ $id ->
    [none] { "" }
   *[other] { "" } of trade { $id }
} could not be read. Check /trades, and tell the operator. As stored: { $kept }

## Answers

written-help-title = I answer slash commands and buttons
written-help = Messages to me do nothing. Type one of these in the channel:
written-help-commands = `/desk` desk status and every command
    `/positions` what is held, and what it risks
    `/trades pending` what waits for approval
    `/approve AAPL` approve a proposal, `/reject AAPL` reject it
    `/close AAPL` sell a position
    `/halt` stop new trades now
written-help-meant = Did you mean { $command }? Type it with the slash, in the channel.
written-help-nothing-done = Nothing was done.
working = ⏳ Working on it…
work-done = ✅ Done. What changed is in the channel.
positions-title = Open risk { $risk } of { $ceiling }
positions-account = Equity { $equity } · Cash { $cash } · Buying power { $power }
positions-warning = ⚠️ Above the { $warning } warning; trading halts at { $ceiling }.
overnight-risk = *Overnight risk* { $unknown ->
    [none] { $share } ({ $dollars }), worst 1% of nights
   *[other] unknown: fewer than 60 nights of { $unknown } prices{ $share ->
        [none] { "" }
       *[other] { "" } · without it { $share } ({ $dollars })
    }
}{ $limit ->
    [none] { "" }
   *[other] { "" } · limit { $limit }
}
earnings-unreadable = ⚠️ { $kept ->
    [true] Earnings dates: the last good ones still apply, the changed file is ignored.
   *[false] No new entries: can't read the earnings dates.
} { $line ->
    [0] { $file } is missing, or isn't a UTF-8 CSV with the columns symbol,date (EARNINGS_FILE).
   *[other] Fix line { $line } of { $file } (EARNINGS_FILE): a symbol and a date, e.g. AAPL,2026-01-29; a third column, when, takes before or after.
}
earnings-near = { $symbol } { $days ->
    [0] today
    [1] in 1 trading day
   *[other] in { $days } trading days
}
halt-reason = { $reason ->
    [news] news pending
    [volatility] LULD volatility pause
    [market_wide] market-wide circuit breaker
    [regulatory] regulatory halt
    [operational] operational halt
   *[other] no reason given
}{ $code ->
    [none] { "" }
   *[other] { "" }, code { $code }
}
halt-of-symbol = { $symbol } since { $since } ({ $why })
symbol-halted = ⛔ *Halted by the exchange*: { $halt }. { $state ->
    [proposed] The proposal can't be approved until trading resumes, and still expires at its usual time.
    [open] { $exits ->
        [stop] The stop stays at the broker. It can't fill until trading resumes, and may fill far from its price then.
       *[both] Stop and target stay at the broker. They can't fill until trading resumes, and may fill far from their price then.
    }
    [submitted] The order can't fill until trading resumes.
   *[other] { "" }
}
symbol-resumed = ▶️ *Exchange halt over*: { $symbol } (halted { $since }). { $state ->
    [proposed] The proposal can be approved again, at the current price.
    [open] { $exits ->
        [stop] The stop can fill again.
       *[both] Stop and target can fill again.
    }
    [submitted] The order can fill again.
   *[other] { "" }
}
inspect-halted = ⛔ *Halted by the exchange*: { $halt }
positions-halted = ⛔ *Halted by the exchange*: { $halts }
positions-missing = ❓ *Missing* { $symbols }: the account no longer shows these shares. { $risk } still counts as risk until it's clear where they are.
positions-waiting = ⏳ *Not bought yet* { $risk } at risk in approved and waiting orders
positions-earnings = 📅 *Earnings* { $near }
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
    [option] { $quantity ->
        [one] { $quantity } option contract
       *[other] { $quantity } option contracts
    }
    [crypto] { $quantity } (crypto)
    [stock] { $quantity ->
        [one] { $quantity } share
       *[other] { $quantity } shares
    }
   *[other] { $quantity ->
        [one] { $quantity } unit
       *[other] { $quantity } units
    }
}{ $side ->
    [short] { "" } short
   *[long] { "" }
}
position-awaits = No stop until its corporate action or share count is settled, risk { $risk } · { $id }
position-stop-awaits = none yet
position-foreign = Not this bot's trade; no known stop. Assumed risk { $risk }
position-unclear = New shares; checking whether this bot bought them.
position-not-ours = not this bot's
position-unclear-whose = checking
position-stop = { $planned ->
    [none] { $stop }
   *[other] { $stop } (planned { $planned })
}
positions-caption = Positions
column = { $name ->
    [symbol] Symbol
    [held] Held
    [last] Last
    [entry] Entry
    [today] Today
    [value] Value
    [gain] Open P&L
    [stop] Stop
    [target] Target
    [risk] Risk
    [cost] Cost
    [open-risk] Open risk
    [most] Max now
    [trade] Trade
    [state] State
    [shares] Shares
    [result] Result
    [setting] Setting
    [setting_now] Now
    [default] Default
    [range] Range
    [name] Name
    [closed] Closed
    [won] Won
    [expires] Expires
    [source] Source
    [score] Score
    [strength] Signal
    [parts] Points
    [outcome] Outcome
   *[time] Time
}
trades-alive = Active trades
trades-pending = Pending approval
trades-open = Open trades
trades-closed = Closed trades
trades-today = Trades today (New York)
trades-all = Latest trades
trades-none = None.
trade-line = { $result ->
    [none] *{ $id }* { state } · { $shares } at { $price }
   *[other] *{ $id }* { state } · { $shares } at { $price } · { $result }
}{ $source ->
    [none] { "" }
   *[other] { "" } · { $source }
}
inspect-price = *{ $price }*{ $day ->
    [none] { "" }
   *[other] { "" } ({ $day } today)
} · bid { $bid } · ask { $ask } · spread { $spread } bp
inspect-volume = Volume { $volume } · { $time } · { session }
inspect-no-price = No usable quote · { session }
inspect-no-signal = Not enough bars for a score.
inspect-not-scored = No score of the newest bar in this process: the strategy's code runs once a bar, in the leader.
inspect-trades = *Trades*
inspect-panel = *Indicators*
panel-line = { $name } { $value }
size-title = { shares } of { $symbol }
size-plan = *Cost* { $cost } · *Risk* { $dollars } ({ $percent }) · *Open risk* { $before } → { $after }
size-limit = { $most } ({ why })
size-most = { $fits ->
    [no] Too many: max { $most } now, limited by { why }.
   *[yes] Max { $most } now, limited by { why }.
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
signal-not-proposed = { $reason ->
    [exit_signal] { $why }
   *[other] not proposed: { $why }
}
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
risk-none = No open risk.
risk-line = { $stop ->
    [none] *{ $symbol }* { $dollars } ({ $percent }) · not this bot's trade, no known stop
    [closing] *{ $symbol }* { $dollars } ({ $percent }) · closing, no stop · { $id }
    [awaits] *{ $symbol }* { $dollars } ({ $percent }) · no stop until its corporate action or share count is settled · { $id }
   *[other] *{ $symbol }* { $dollars } ({ $percent }) · stop { $stop } · { $id }
}
risk-guards = *Protections* (today is New York's day)
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

## Questions

ask-how = Ask in your own words, e.g. /ask why was AAPL refused? or /ask what is our risk?
ask-too-long = That question is too long. Ask it in { $most } characters or fewer, e.g. /ask why was AAPL refused?
ask-off = Questions are off: no Claude key is set, or CLAUDE_QUESTIONS is 0. /inspect AAPL says why a trade was made or not; /risk, /positions, /signals AAPL and /trades show the rest.
ask-failed = { $problem ->
    [budget] Claude's budget for questions is used up for today. It resets in { $span }, at midnight UTC.
    [busy] Two questions are being answered already. Ask again in a few seconds.
    [key] Claude rejected the API key. Tell whoever runs the bot.
    [request] Claude rejected the request. Tell whoever runs the bot: the model's name may be wrong.
    [answer] Claude gave no usable answer.
   *[outage] Claude isn't responding. Ask again in a minute.
} The records themselves:
ask-nothing = The records don't answer that. These come nearest:
ask-none-stood = Claude's answer didn't match the records, so it isn't shown. The records themselves:
ask-dropped = { $count ->
    [one] 1 sentence left out: it said something that its records don't.
   *[other] { $count } sentences left out: they said something that their records don't.
}
ask-read-only = Read from the records. No order or setting was touched.
ask-rows = { $count ->
    [one] The record behind it
   *[other] The { $count } records behind it
}
fact-row = [{ $number }] *{ $kind ->
    [desk] Desk
    [risk] Open risk
    [account] Account
    [watchlist] Watchlist
    [setting] Setting
    [trade] Trade
    [move] Decision
    [signal] Signal
    [headline] Headline
   *[audit] Audit
}* · { $row }{ $time ->
    [none] { "" }
   *[other] { "" } · { $time }
} — { $figures }
fact-figure = { $label }: { $value }
fact-quote = “{ $words }”
fact-exit = { $reason ->
    [stop] stop hit
    [target] target hit
    [desk] sold by the desk
    [signal] sell signal
    [corporate_action] corporate action
    [overnight] no overnight hold
    [before_close] flat before the close
    [longest_hold] max hold reached
   *[other] { $reason }
}
fact-word = { $word ->
    [on] on
    [off] off
    [yes] yes
    [no] no
    [unset] not set
    [keywords] keywords
    [claude] Claude
    [by_desk] by hand
    [by_webhook] webhook
    [by_mcp] agent (MCP)
    [halt] halt
    [resume] resume
    [flatten] sell everything
    [loss_limit] loss limit reached
    [doubt] trading in doubt
    [silence] Slack silent
    [began] began
    [over] over
   *[other] { $word }
}
fact-label = { $name ->
    [state] state
    [auto] auto-trading
    [by] by
    [reason] reason
    [open_risk] open risk
    [equity] equity
    [cash] cash
    [buying_power] buying power
    [symbol] symbol
    [watched] on the watchlist
    [setting] setting
    [value] value
    [trade] trade
    [score] score
    [shares] shares
    [planned_entry] planned entry
    [stop] stop
    [target] target
    [risk_to_stop] risk to the stop
    [bought] shares bought
    [fill_price] fill
    [filled] filled
    [exit_price] exit
    [exit_reason] exit reason
    [closed] closed
    [result] result
    [multiple] in risk multiples
    [decided_by] decided by
    [decided] decided
    [expires] expires
    [from] from
    [to] to
    [proposes_at] proposes from
    [rsi_points] RSI points
    [bollinger_points] band points
    [macd_points] MACD points
    [volume_points] volume points
    [news_points] news points
    [code_points] points by the strategy's code
    [price] price
    [rsi] RSI
    [volume_ratio] volume vs usual
    [scorer] news read by
    [headline] headline
    [not_proposed] not proposed
    [points] points
    [proposed_by] proposed by
    [note] note
    [source] source
    [action] action
    [subject] subject
    [outcome] outcome
    [seen] seen
   *[limit] limit
}

## The calculator

size-prices = *Entry* { $entry } · *Stop* { $stop } · *Target* { $target } · { $part } of equity
size-broken = ⚠️ Not possible now: { $broken }.
size-proposed = Proposal now: { shares }.
size-not-proposed = No pending { $symbol } proposal; estimate only.
size-how = Try /size { $symbol } with 400, $20000, 5% (of equity) or 0.3% risk.
button-apply = Apply { shares }
label-apply = Apply: change the { $symbol } proposal to { shares }

## Closing

modal-close = Close
modal-exit = { $exit ->
    [target] Move target
   *[stop] Move stop
}
button-sell = Sell
ask-close = ⛔ Sell { shares } of { $symbol } at the market? { $exits ->
    [stop] The stop is cancelled.
   *[both] Stop and target are cancelled.
} If the market is closed, the order waits for the open.
ask-close-all = { $count ->
    [one] ⛔ Sell the open trade at the market? Its exit orders are cancelled.
   *[other] ⛔ Sell *all* { $count } open trades at the market? Their exit orders are cancelled.
} If the market is closed, the orders wait for the open. Shares the bot didn't buy are left alone.
closing-asked = Selling { shares } of { $symbol } at the market. { exits-over } The fill goes to its thread.
closing-all = { $count ->
    [0] No open trades left.
    [one] Selling 1 trade at the market. The fill goes to its thread.
   *[other] Selling { $count } trades at the market. Fills go to their threads.
}

## What is watched, and how the desk is set

watch-title = { $count ->
    [one] Watching 1 symbol
   *[other] Watching { $count } symbols
}
watch-how = /watch add NVDA AMD · /watch remove IBM
watch-outcome = { $outcome ->
    [added] ✅ { $symbol }: added to the watchlist
    [cold] ⚠️ { $symbol }: added to the watchlist, but not enough bars for a score yet
    [removed] ✅ { $symbol }: removed from the watchlist
    [known] { $symbol }: already on the watchlist
    [absent] { $symbol }: not on the watchlist
    [unknown] ⛔ { $symbol }: not tradable at this broker; not added
    [full] ⛔ { $symbol }: the watchlist is full; remove a symbol first, or raise MAX_WATCHED
    [taken] ⛔ { $symbol }: trade in progress; remove it once that is closed
   *[last] ⛔ { $symbol }: the last symbol on the watchlist can't be removed
}
watch-told = { $verb ->
    [add] 👁️ Added to the watchlist: { $symbols }. By { actor }.
   *[remove] 👁️ Removed from the watchlist: { $symbols }. By { actor }.
}
settings-title = Settings
settings-how = ✏️ An admin can change it here: /settings MAX_DAILY_LOSS 2%, /settings LOSSES_HALT on; default resets it. ✳️ Changed here. 🔒 Takes effect after a restart.
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
    [foreign_risk] Assumed risk of positions the bot didn't open
    [other_assets_risk] Assumed risk of options and crypto
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
    [no_entry_days_before_earnings] Guarded days before earnings (trading days)
    [earnings_file] Earnings dates file
    [earnings_guard] New entries before earnings
    [hold_overnight] Hold overnight
    [flatten_before_close_minutes] Flat before the close by
    [longest_hold_days] Max hold (trading days)
    [locale] Language
    [timezone] Time zone
    [auto_mode] Auto-trading at first start
    [proposal_seconds] Proposal time-out
    [breaker_seconds] Retry delay for a failing service
    [quiet_seconds] Cooldown after a decision
    [second_approver_over] Two approvers over
    [loosen_after_seconds] Notice period for a looser limit
    [slack_silence_minutes] Slack outage that pauses auto-trading
    [strategy] Strategy
    [shadow_strategies] Strategies in shadow
    [promotion_trades] Trades in shadow before a promotion
    [promotion_days] Days in shadow before a promotion
    [watchlist] Watchlist at first start (then /watch)
    [max_watched] Max watched symbols
    [bar_seconds] Bar length
    [bar_delay_seconds] Delay after a bar's close
    [news_hours] News lookback
    [replay_speed] Replay speed
    [protect_foreign] Stops on positions the bot didn't open
    [report_ready] Report: ready
    [report_premarket] Report: pre-market
    [report_open] Report: open
    [report_close] Report: close
    [report_day] Report: end of day
    [report_week] Report: end of week
    [duty_calls] How those on duty are notified
    [events] Events: signals not proposed, orders sent, stops set, watchlist, cash movements, start
   *[other] { $name }
}
setting-mark = { $mark ->
    [changed] ✳️
    [open] ✏️
   *[fixed] 🔒
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
strategy-title = Strategies
strategy-line = { $role ->
    [live] 🟢 *{ $name }* (live)
   *[shadow] 👥 *{ $name }* (in shadow, simulated)
} `{ $fingerprint }` · { $trades ->
    [one] 1 trade
   *[other] { $trades } trades
} · { $days ->
    [one] 1 day
   *[other] { $days } days
}{ $mean ->
    [none] {""}
   *[other] {" "}· mean { $mean }
}{ $known ->
    [yes] , between { $low } and { $high }
   *[no] {" "}(fewer than { $fewest }: too few to tell)
}
strategy-how = Promote with /strategy promote NAME: an admin asks, another confirms. Needs { $trades ->
    [one] 1 trade
   *[other] { $trades } trades
} and { $days ->
    [one] 1 day
   *[other] { $days } days
} in shadow, then the same on paper before live money.
strategy-out-of-use = ⛔ { $trouble }
strategy-next = ⏳ { $name } becomes the live strategy at the next start.
strategy-compared = { $apart ->
    [apart] Their intervals do not overlap.
    [same] Their intervals overlap: the difference may be chance.
   *[unknown] Fewer than { $fewest } each: too few to compare.
}
strategy-told = { $stage ->
    [asked] ⚠️ { $by } asks to switch the live strategy from { $before } to { $name } (`{ $fingerprint }`). Nothing changes unless another admin types /strategy confirm by { $at }.
    [confirmed] ⚠️ { $by } confirmed: from the next start, { $name } (`{ $fingerprint }`) replaces { $before } as the live strategy.
   *[withdrawn] { $before } stays the live strategy: { $by } cancelled the change to { $name }.
}
setting-told = 🔧 { $label }: { $before } → { $after }. By { actor }.
change-asked = ⚠️ { actor } asks to loosen { $label } (`{ $name }`): { $before } → { $after }. Nothing changes unless another admin confirms by { $at }.
change-asked-how = Confirm or cancel here, or type /settings confirm { $name } or /settings cancel { $name }.
change-confirmed = ⚠️ { actor } confirmed: { $label } (`{ $name }`) loosens from { $before } to { $after } at { $at }.
change-confirmed-how = Until then a trader can cancel it here, or with /settings cancel { $name }.
change-ended = { $label } stays at { $before }: { $why ->
    [withdrawn] { actor } cancelled the change to { $after }.
    [expired] the change to { $after } expired.
    [role_gone] the person who asked for { $after } is no longer an admin.
    [superseded] { actor } set another value; the change to { $after } is cancelled.
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
modal-done = Done
button-approve-size = Approve this size
label-approve-size = Approve { $symbol } at the number of shares in the field
button-half = Half: { $shares }
label-half = Fill in half of the proposal
button-most = Max: { $shares }
label-most = Fill in the most that every limit allows
field-shares = Shares
field-exit = { $exit ->
    [target] New target
   *[stop] New stop
}
field-exit-hint = { $exit ->
    [target] Dollars a share, above the price, e.g. 158.50
   *[stop] Dollars a share, below the price, e.g. 149.20. Only an admin may lower it.
}
field-shares-hint = 1 to { $most }. Each share risks { $each }.
field-reason = Reason
field-reason-choose = Choose one
field-reason-words = In your words
field-reason-hint = Shown to the desk and kept in the audit log.
modal-halt = Halt trading
button-halt = Halt
ask-halt = ⛔ Stop all new trades now? Stops and targets stay. An admin resumes with /resume.
modal-flatten = Sell everything
button-flatten = Sell everything
ask-flatten = ⛔ Trading is halted. Also sell *every* position in the account at the market, and cancel every order? If the market is closed, the orders wait for the open.

## Help

help-buy = /buy AAPL — proposes a buy by hand, sized by the desk's rule. /buy AAPL 100 limit 150 stop 147.50 target 158 breakout — with your own numbers; what follows them is the reason. Size also as $20000, 5% or 0.3% risk. Somebody approves it on its card; a limit is good for today.
help-standing = /standing — opens a window: approve buys of some symbols beforehand, with a maximum per buy, a minimum score, an end time and a number of buys. Listed on the app's home, revoked there with one tap; where two people must approve, another trader countersigns.
help-approve = /approve AAPL — buys as proposed. Give a trade ID, the start of one, or a symbol; with one proposal pending, /approve is enough.
help-reject = /reject AAPL too close to earnings — rejects the proposal; the words after it are the reason.
help-size = /size AAPL — the sizing, and the maximum within all limits. /size AAPL 400, /size AAPL $20000, /size AAPL 5% (of equity) or /size AAPL 0.3% risk — tries that size; a button applies it to the proposal.
help-halt = /halt reason — stops new trades now. Stops and targets stay. /halt flatten reason — also asks whether to sell everything.
help-resume = /resume — allows new trades again. /resume anyway — even while everything is being sold: keeps what isn't being sold yet; sales under way go on.
help-inspect = /inspect AAPL — price, score and indicators. /inspect AAPL_20250819_234515 — a trade from proposal to close.
help-positions = /positions — positions, stops, open risk and cash.
help-trades = /trades — active trades, newest first. /trades pending, open, closed, today (proposed or closed since midnight in New York) or all — that list.
help-auto = /auto — shows whether auto-trading is on. /auto on — buys without asking. /auto off — every proposal waits for approval.
help-close = /close AAPL — confirms, then sells the trade's shares at the market, halted or not. /close all — every open trade of the bot.
help-stop = /stop AAPL 149.20 — moves the stop of the open trade at the broker; /stop AAPL asks in a window. Up at any time, halted or not; down only by an admin, within the risk limits.
help-target = /target AAPL 158.50 — moves the target of the open trade at the broker; /target AAPL asks in a window.
help-trail = /trail AAPL 2% — the stop follows the highest close, 2% below it, and only moves up. /trail AAPL 3 ATR — by average true ranges. /trail AAPL off — it stays where it is.
help-signals = /signals — latest signals, their scores, and what came of them. /signals AAPL — one symbol.
help-news = /news — latest headlines, their scores, and who scored them. /news AAPL — one symbol.
help-risk = /risk — open risk by symbol, headroom, warning and limit, and the state of the protections.
help-watch = /watch — the watchlist. /watch add NVDA AMD, /watch remove IBM — changes it, several symbols at once; the broker must trade them.
help-settings = /settings — every setting with its default and range. /settings MAX_DAILY_LOSS 2% — an admin changes one, effective now; default resets it.
help-adopt = /adopt MSFT — adopts a position bought outside the bot; asks for its stop and target. /adopt MSFT 402.50 450 — the same in one line; add a number of shares to adopt only that many. Admins only.
help-strategy = /strategy — the live strategy and those in shadow. /strategy compare ONE OTHER — two side by side. /strategy promote NAME, confirm, cancel — changes the live one; it takes two admins.
help-desk = /desk — desk status, and every command in one line.
help-pnl = /pnl — realised, open and total P&L today. /pnl yesterday, last week, 2025-08, Aug 4 to Aug 8, 30d or all: days in New York. Add a symbol for that symbol only: /pnl month AAPL.
help-backtest = /backtest — your strategy on past prices, and whether that shows an edge. /backtest trend AAPL,MSFT 2012-06..2012-12 or 90d; leave out what you like. The result comes as a direct message.
help-ask = /ask why was AAPL refused? — answers from the desk's own records, each figure with the row it comes from. Changes nothing. Also: /ask what is our risk, /ask who halted.
help-duty = /duty — who is on duty, until when, and the weekly rota. /duty handover @name 2h or 18:00 — hand over (add second for the second line). /duty holiday @name 2026-12-24..2026-12-27, or off @name. /duty rota first @name mon-fri 22:00-06:00, or rota remove 1. Times are the desk's. Traders change it.
help-notify = /notify — what you get. /notify channel, direct, both or default — how you're notified. /notify quiet 23:00-07:00, also for one kind (reminders, results), or quiet off. Times are the desk's. Halts, positions without a stop and loss limits always reach you.
help-report = /report — the day so far. /report ready, premarket, open, close, day or week — that report as of now. /report people — what the desk's decisions added or cost. /report journal — what this week taught: process and result, reasons, what was not taken, notes; /report journal last week too.

## On duty: /duty, /notify, and what those on duty are told

called = 📣 { $who }
duty-title = On duty
duty-line-name = { $line ->
    [first] first line
   *[second] second line
}
duty-line = { $line ->
    [first] *First line*
   *[second] *Second line*
} { $who ->
    [none] nobody
   *[other] { $who }
}{ $until ->
    [none] { "" }
   *[other] { " " }until { $until }
}
duty-away = On holiday: { $who }
duty-next = Next: { $who } from { $since }
duty-rota = *Weekly rota* (times in { $zone })
duty-no-rota = No rota yet. Set one: /duty rota first @name mon-fri 22:00-06:00
duty-turn = { $number ->
    [none] •
   *[other] { $number }.
} { duty-line-name } · { $who } · { $days } { $begins }–{ $ends }{ $over ->
    [yes] { " " }(next day)
   *[no] { "" }
}
weekday = { $day ->
    [0] Mon
    [1] Tue
    [2] Wed
    [3] Thu
    [4] Fri
    [5] Sat
    [6] Sun
   *[all] every day
}
duty-holidays = *Holidays*
duty-holiday = { $who }: { $first } – { $last }
duty-how = Change it: /duty handover @name 2h · /duty holiday @name 2026-12-24..2026-12-27 · /duty rota remove 1 · /duty help
home-duty = *On duty* { $first ->
    [none] nobody
   *[other] { $first }
}{ $until ->
    [none] { "" }
   *[other] { " " }until { $until }
} · *Second line* { $second ->
    [none] nobody
   *[other] { $second }
}
report-duty = { $rota ->
    [yes] *On duty* covered throughout regular hours.
   *[no] *On duty* nobody, so proposals mention no one. Set a rota: /duty rota first @name mon-fri 22:00-06:00
}
report-duty-gap = ⚠️ Nobody is on duty from { $since } to { $until }: proposals go to the second line, if there is one. Fix it with /duty.
call-kind = { $kind ->
    [proposal] proposals
    [reminder] reminders
    [escalation] escalations to the second line
    [expiry] expiries
    [result] results of missed proposals
    [handover] duty handovers
    [halt] halts
    [unprotected] positions without a stop
   *[loss] loss limits
}
notify-title = What you get
notify-way = *When you're on duty* { $way ->
    [channel] a mention in the channel
    [direct] a direct message
   *[both] a mention and a direct message
} { $chosen ->
    [yes] (your choice)
   *[no] (the desk's default)
}
notify-what = *For* { $kinds }
notify-always = *Always, holidays and quiet hours too* { $kinds }
notify-quiet = *Quiet* { $begins }–{ $ends } ({ $zone }): no { $kinds }
notify-no-quiet = *Quiet hours* none. Set them: /notify quiet 23:00-07:00 (times in { $zone })
notify-duty = *On duty now* { $lines ->
    [none] no
   *[other] { $lines }
}
notify-turns = *Your turns* (times in { $zone })
notify-whole-desk = *The whole desk gets*
notify-desk = • { $what }: { $how ->
    [on] in the channel
    [silent] in the thread of the day's first report
   *[off] off
}
notify-how = Change it: /notify channel, direct, both or default · /notify quiet 23:00-07:00 reminders · /notify quiet off
decision-reminded = ⏳ { $symbol } still pending: { $left } left. Decide on the card above, or type /approve { $symbol }.
second-line-called = ⏰ { $symbol } still pending: { $left } left, and the first line hasn't decided. Second line, please decide on the card above, or type /approve { $symbol }.
missed-follows = Nobody decided in time. I'll post here what it would have made.
missed-result = 🔎 Missed { $symbol }, simulated: { $shares ->
    [one] 1 share
   *[other] { $shares } shares
} bought at { $entry }, closed at { $exit } { $reason ->
    [stop] (stop)
    [target] (target)
    [none] { "" }
   *[other] (time or signal exit)
}. Result before fees: { $result }{ $multiple ->
    [none] { "" }
   *[other] { " " }({ $multiple })
}.
missed-nothing = 🔎 Missed { $symbol }, simulated: { $why ->
    [no_next_bar] no next bar to buy at. Nothing was missed.
   *[other] nothing would have been bought. Nothing was missed.
}
direct-call = { $decide ->
    [yes] You're on duty. Decide in <#{ $channel }>, or type /approve { $symbol } here.
   *[no] More in <#{ $channel }>.
}
direct-call-fallback = Couldn't send a direct message, so here it is.
duty-handed-over = 🔁 { actor } handed over the duty ({ duty-line-name }) until { $until }.

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
home-nobody-leads = 🚨 *Jobs are not running* since { $since }: fills, stops and risk aren't being tracked, and nothing new can be bought. Start a scheduler.
home-hours = *Market* { session } · { $then ->
    [pre] pre-market from { $time }
    [regular] opens { $time }
    [after] closes { $time }
   *[closed] after hours end { $time }
}
pair = { $name ->
    [equity] Equity
    [today] Total P&L today (New York)
    [closed] Realised today
   *[risk] Open risk
}
pair-closed = { $result } · { $trades } closed, { $wins } won
pair-risk = { $risk } of { $ceiling }
home-equity = { $result ->
    [none] *Equity* { $equity }
   *[other] *Equity* { $equity } · *Total P&L today (New York)* { $result } ({ $part })
}
home-ended = *Realised today* { $result } · { $trades } closed, { $wins } won
home-risk = *Open risk* { $risk } of { $ceiling }
home-curve = { $curve } equity today: { $low } to { $high }
home-no-broker = ⚠️ Broker not responding: equity, risk and positions are unknown right now.
home-waiting = { $count ->
    [0] *Pending approval* none
   *[other] *Pending approval* { $count }: { $names }
}
home-pending = Pending approval: { $count }
home-none-pending = Nothing pending.
home-positions = Positions: { $count }
home-exits = Stop { $stop } ({ $stop_away } from here) · Target { $target } ({ $target_away })
home-services = Services
home-service = { $since ->
    [none] ✅{ "\u00A0" }{ service }: up
   *[other] ⚠️{ "\u00A0" }{ service }: down since { $since }
}
home-decisions = Latest decisions
home-none-decided = No decisions yet.
home-decision = *{ $symbol }* { shares } at { $price } · { $decided }
home-as-of = As of { $time }
home-stranger = You have no role on this desk. Ask an admin for one.
button-resume = Resume
button-take-back = Undo halt (30 s)
label-take-back = Undo this halt: allow new trades again
select-pending = *Select several*
select-pending-choose = Select proposals
select-pending-option = { $symbol } { $shares } at { $price } · risk { $risk }
button-approve-selected = Approve selected
label-approve-selected = Approve every selected proposal, each checked separately
button-reject-selected = Reject selected
label-reject-selected = Reject every selected proposal
confirm-approve-selected = Approve selected proposals?
confirm-approve-selected-text = Each is checked separately, in the order selected. Any that no longer fits the limits is refused.
ask-reject-selected = { $count ->
    [one] *Reject 1 proposal*
   *[other] *Reject { $count } proposals*
}
selected-outcomes = { $count } selected: { $done ->
    [0] none done
   *[other] { $done } done
}
# One of them where no table is shown.
selected-line = *{ $symbol }* { $shares } · { $outcome } · { $id }
selected-outcome = { $state ->
    [proposed] First approval kept; a second person must approve
    [approved] Approved
    [submitted] Approved, order sent
    [open] Approved and filled
    [rejected] Rejected
    [refused] Refused
    [cancelled] Approved, but the order was cancelled
    [failed] Approved, but the order failed
    [undone] Not done
   *[other] { state }
}
button-auto-on = Turn auto-trading on
button-auto-off = Turn auto-trading off
label-halt = Halt: stop new trades now; stops and targets stay
label-flatten = Sell everything: halt, cancel all orders, close all positions
label-resume = Resume: allow new trades again
label-auto-on = Turn auto-trading on: buy within the limits without asking
label-auto-off = Turn auto-trading off: every proposal waits for approval
button-report = Report
label-report = Report: show the day so far
confirm-flatten = Sell everything?
confirm-flatten-text = Trading halts, every order is cancelled, and every position in the account is sold at the market.
confirm-resume = Resume trading?
confirm-resume-text = New trades are allowed again, within all limits.
confirm-auto-on = Turn auto-trading on?
confirm-auto-on-text = Proposals within the limits are bought without asking.
modal-standing = Standing approval
button-give = Approve
button-countersign = Countersign
button-revoke = Revoke
label-countersign = Countersign standing approval { $id }
label-revoke = Revoke standing approval { $id }: nothing more is bought under it
ask-standing = The bot buys anything that meets all of these without asking again. Each use is posted in the channel; any trader can revoke it.
field-standing-symbol = Symbols
field-standing-symbol-hint = On the watchlist, e.g. AAPL MSFT.
field-standing-dollars = Max dollars per buy
field-standing-dollars-hint = E.g. $20000. Larger buys wait for approval.
field-standing-score = Minimum score
field-standing-score-hint = 0.1 to 1.5, e.g. 0.9. Only the strategy's own proposals count.
field-standing-until = Until
field-standing-until-hint = Time in { $zone }, e.g. 16:00. A time already past today means tomorrow.
field-standing-uses = Max buys
field-standing-uses-hint = E.g. 3.
standing-terms = *{ $id }* Buys of { $symbols }, at most { $dollars } each, score { $score } or more, until { $time } · { $left } of { $uses } left · { $givers }
standing-asked = 📋 *Standing approval requested* by { actor }.
standing-countersign = Another trader must countersign it.
standing-given = 📋 *Standing approval given* by { actor }.
standing-how = The bot buys anything that meets all of this without asking. Revoke ends it at once.
standing-changed = { $step ->
    [given] 📋 *Standing approval { $id } countersigned* by { actor }; in force now.
   *[revoked] 📋 *Standing approval { $id } revoked* by { actor }.
}
standing-used = Approved under standing approval { $id }: { $shares } { $symbol }.
standing-now = { $state ->
    [given] In force
   *[asked] Waiting for another trader to countersign
}
standing-revoked = Standing approval { $id } revoked. Nothing more is bought under it.
home-standing = Standing approvals: { $count }
modal-status = Desk status
modal-answer = Result
desk-commands = *Commands* · type help after one for the rest, e.g. /trail help

## Results, reports and pictures

period-name = { $period ->
    [today] today
    [yesterday] yesterday
    [week] this week
    [last-week] last week
    [month] this month
    [last-month] last month
    [year] this year
    [last-year] last year
    [days] { $days }
   *[all] since inception
}
period-days = { $first ->
    [none] everything through { $last }
   *[other] { $first } to { $last }
}
pnl-title = { $symbol ->
    [none] Realised P&L { $period }: { $result }
   *[other] { $symbol } realised P&L { $period }: { $result }
}
pnl-no-trades = No closed trades.
pnl-result = { $share ->
    [none] *Realised* { $result } · { $trades } closed, { $wins } won ({ $rate })
   *[other] *Realised* { $result } ({ $share }) · { $trades } closed, { $wins } won ({ $rate })
}
pnl-open = { $result ->
    [none] *Open* unknown: the broker isn't responding
   *[other] { $positions ->
        [0] *Open* no positions
        [one] *Open* { $result } on 1 position now
       *[other] *Open* { $result } on { $positions } positions now
    }
}
pnl-total = *Total* { $result } ({ $share }), realised and open, after fees{ $at ->
    [none] { "" }
   *[other] , as of { $at }
}
pnl-no-curve = No equity curve yet: nothing has moved in this period.
pnl-extremes = *Best* { $best } · *Worst* { $worst }
pnl-ratio = { $multiple ->
    [none] { "" }
   *[other] *Average* { $multiple } ·{ " " }
}*Slippage* { $side ->
    [none] none
    [better] { $slippage } better than proposed
   *[worse] { $slippage } worse than proposed
}
pnl-statistics = *Profit factor* { $factor ->
    [none] none
   *[other] { $factor }
} · *Expectancy* { $expectancy ->
    [none] unknown
   *[other] { $expectancy } ({ $low } to { $high })
}{ $edge ->
    [shown] { "" }
   *[none] , no edge shown
}{ $newest ->
    [none] { "" }
   *[other] { " " }(newest { $newest })
}
pnl-sharpe = *Sharpe* { $sharpe ->
    [none] none
   *[other] { $sharpe }
}
pnl-too-few-trades = *Edge* too few trades to tell ({ $trades } of { $fewest })
pnl-too-few-days = *Sharpe* too few days ({ $days } of { $fewest })
pnl-account = { $equity ->
    [none] *Max drawdown* { $drawdown } · *Peak open risk* { $risk }
   *[other] *Equity* { $equity } · *Max drawdown* { $drawdown } · *Peak open risk* { $risk }
}
pnl-cost = *Cost of Claude* { $cost }
pnl-by-symbol = *By symbol*
pnl-symbol = • { $symbol } { $result } · { $trades } closed, { $wins } won
pnl-days = Days in New York: { $days }

report-name = { $kind ->
    [ready] ready
    [premarket] pre-market
    [open] open
    [close] close
    [day] end of day
   *[week] end of week
}
report-title = { $kind ->
    [ready] { $troubles ->
        [0] ✅ Ready for the day
       [one] ⚠️ Not ready: 1 issue
       *[other] ⚠️ Not ready: { $troubles } issues
    }
    [premarket] { $headlines ->
        [0] 📰 Pre-market: { $unknown ->
            [yes] news not read
           *[no] no news
        }
        [one] 📰 Pre-market: 1 headline
       *[other] 📰 Pre-market: { $headlines } headlines
    }
    [open] 🔔 The market is open
    [close] 🏁 The market has closed: { $positions ->
        [none] positions unknown
        [0] no positions overnight
        [one] 1 position overnight, open P&L { $open }
       *[other] { $positions } positions overnight, open P&L { $open }
    }
    [day] 📊 { $over ->
        [yes] End of day
       *[no] Today so far
    }: realised { $result }, { $trades ->
        [0] no closed trades
        [one] 1 closed trade
       *[other] { $trades } closed trades
    }
   *[week] 📊 End of week: realised { $result }, { $trades ->
        [0] no closed trades
        [one] 1 closed trade
       *[other] { $trades } closed trades
    }
}
report-late = ⏰ Late: due at { $due }
report-made = As of { $at }
report-audit = 🔒 Audit log through row { $number }: `{ $hash }`
report-desk-trouble = ⚠️ The desk is { desk-state }.
report-no-account = ⚠️ Broker not responding: no account, no positions.
report-service-trouble = ⚠️ { service }: no response.
report-no-trading = The market is closed today.
report-hours = Pre-market { $pre } · Open { $open } · Close { $close } · After hours end { $post }
report-watched = Watching { $symbols ->
    [one] 1 symbol
   *[other] { $symbols } symbols
} · { $mode ->
    [on] Auto-trading on: buys without asking
   *[off] Auto-trading off: every proposal waits for approval
}
report-account = *Equity* { $equity } · *Pending approval* { $pending }
report-risk = *Open risk* { $risk } of { $ceiling }
report-holdings = *Positions*
report-holding = • { $symbol } { $held } at { $price }{ $day ->
    [none] { "" }
   *[other] { "" } ({ $day } today)
} · { $gain }
report-no-news = No news on watched or held symbols since the last close.
report-unread = ⚠️ Headlines not scored, so not counted: { $symbols }
report-headline = • { $symbol } { $points } “{ $headline }”
report-market = *S&P 500* (SPY) { $change }
report-unreadable = Couldn't read a report. Type /report { $kind } for it as of now.
people-title = What the desk's decisions added or cost
people-verdict = { $side ->
    [added] ✅ Saying no saved the desk { $dollars } against taking every proposal.
   *[cost] ⚠️ Saying no cost the desk { $dollars } against taking every proposal.
}
people-too-few = Too few to tell: { $trades ->
    [one] 1 proposal not taken has
   *[other] { $trades } proposals not taken have
} a result; it takes at least { $fewest }.
people-taken = *Taken and closed* { $trades } · { $result } · { $multiple }
people-left = *Not taken* { $trades } · { $result } · { $multiple } (simulated)
people-cause = • { $cause ->
    [rejected] Rejected
    [expired] Expired
   *[refused] Refused
} { $trades } · { $result } · { $multiple }
people-simulated = Results of proposals not taken are simulated by the backtest's rules, on technical exits and bars alone; before fees, like those of trades. Still running: { $open }. Would have bought nothing: { $void }.
people-since = Proposals since { $at }.
reports-missed = { $count ->
    [one] ⏰ The bot was down when a report was due: { $names }. It is too old now; /report shows it as of now.
   *[other] ⏰ The bot was down when { $count } reports were due: { $names }. They are too old now; /report shows any of them as of now.
}

picture-equity = Equity
picture-equity-name = Equity: { $period }
picture-equity-title = Equity and drawdown: { $period }
picture-equity-alt = Equity { $period }: from { $first } to { $last }, lowest { $low }, highest { $high }, max drawdown { $drawdown }.
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
    [none] No such trade. See what there is, e.g. /trades all.
   *[other] { $nearest ->
        [none] No trade “{ $asked }”. See the IDs, e.g. /trades all.
       *[other] No trade “{ $asked }”. Did you mean { $nearest }? See the IDs, e.g. /trades all.
    }
}
refused-unknown-symbol = “{ $asked }” isn't on the watchlist. { $nearest ->
    [none] { $example ->
        [none] Type a symbol such as AAPL.
       *[other] /watch lists the symbols. Type one, e.g. { $example }.
    }
   *[other] Did you mean { $nearest }? See what is watched, e.g. /watch.
}
refused-ambiguous = { $asked ->
    [none] Several trades match: { $matches }. Type the ID of one.
   *[other] “{ $asked }” matches several trades: { $matches }. Type the whole ID.
}
refused-bad-number = { $one ->
    [none] “{ $asked }” isn't a valid number of shares. Enter a whole number, 1 or more, e.g. 400.
   *[other] “{ $asked }” could be { $one } or { $other }. Enter a whole number of shares, e.g. 400 or 1,000.
}
refused-bad-text = { $problem ->
    [symbol] Missing symbol.
    [value] “{ $asked }” needs something after it.
    [many] Too many words: “{ $asked }”.
   *[unknown] Didn't understand “{ $asked }”.
}{ $nearest ->
    [none] { "" }
   *[other] { "" } Did you mean { $nearest }?
} Type { $usage }, e.g. { $example }.
refused-bad-period = { $problem ->
    [order] “{ $asked }” ends before it begins.
    [future] “{ $asked }” is still to come; today is { $today } in New York.
   *[no_such_day] “{ $asked }” isn't a date.
} Type a period or a range such as 2025-08-04..2025-08-08, e.g. { $example }.
refused-bad-amount = { $one ->
    [none] “{ $asked }” isn't a valid amount. Enter whole shares (400), dollars ($20000), a percentage of equity (5%) or risk (0.3% risk), e.g. { $example }.
   *[other] “{ $asked }” could be { $one } or { $other }. Write decimals with a point (2.50) and thousands as 1,000 or 1000, e.g. { $example }.
}
refused-bad-duty = { $field ->
    [person] Who? “{ $asked }” isn't anyone here. Type @ and pick a person or a group from Slack's list, or type me for yourself.
    [group] Nobody in { $who } can approve, or Slack doesn't say who is in it. Pick a group that has a trader.
    [role] { $who } can't approve: only traders and admins can be on duty.
    [away] { $who } is on holiday. Hand over to somebody else, or end the holiday first.
    [line] Which line? Type first or second, not “{ $asked }”.
    [days] Which weekdays? Didn't understand “{ $asked }”. Type mon-fri, sat or daily.
    [hours] Which hours? Didn't understand “{ $asked }”. Type both times with minutes, like 22:00-06:00 (times in { $zone }).
    [empty] “{ $asked }” starts and ends at the same time. For a whole day, type 00:00-24:00.
    [until] Until when? Didn't understand “{ $asked }”. Type 2h, 90m, 1d or a time in { $zone } like 18:00.
    [open] Until when? The { $asked } line has no turn now, so name an end.
    [dates] Which days? Didn't understand “{ $asked }”. Type one date, or two with .. between.
    [order] “{ $asked }” ends before it starts.
    [past] “{ $asked }” is over already.
    [far] “{ $asked }” is too far off. The limit in days is { $known }.
    [overlap] { $asked } overlaps { $known } on the rota. Remove that turn first, or choose other hours.
    [number] No turn “{ $asked }” on the rota, which has { $known }. /duty lists them with their numbers.
    [many] Too many: a rota can have at most { $asked } turns, each with at most { $known } people.
    [holidays] Too many holidays: { $asked } at most.
    [alarm] Halts, positions without a stop and loss limits always reach you: no quiet hours for them.
   *[kind] Quiet for what? Didn't understand “{ $asked }”. Type { $known }, or nothing for all.
} Try again, e.g. { $example }
refused-bad-exit = { $problem ->
    [over_market] Stop { $asked } is not below the price ({ $against }): it would sell at once. Enter a lower stop, or /close to sell now.
    [under_market] Target { $asked } is not above the price ({ $against }): it would sell at once. Enter a higher target, or /close to sell now.
    [far] Target { $asked } is ten times the price ({ $against }) or more. Check the decimal point.
    [cents] { $field ->
        [target] Target
       *[stop] Stop
    } { $asked } has parts of a cent. Enter dollars and cents (149.20).
    [same] { $field ->
        [target] The target
       *[stop] The stop
    } is already at { $asked }.
    [by_hand] A stop set by hand at the broker holds the shares, so { $field ->
        [target] no target can stand at { $asked }. Cancel it, and the bot sends its own stop and target; /close sells now.
       *[stop] the stop wasn't moved to { $asked }. Move that one there, or cancel it; the bot then sends its own.
    }
    [changed] The exits of this trade changed a moment ago, so nothing was done. Look at the card and try again.
    [no_order] This trade has no target order at the broker, so there's nothing to move. Its stop is in place; /close sells now.
    [trail_part] Trail { $asked } isn't between 0% and 100%.
    [trail_ranges] Trail { $asked } ATR must be above 0 and at most 100.
    [no_trail] “{ $asked }” isn't a trail. Enter a percentage (2%), average true ranges (3 ATR) or off.
    [unclear] { $field ->
        [target] Target
        [trail] Trail
       *[stop] Stop
    }: could be { $asked }. Write decimals with a point (149.20).
   *[no_price] { $field ->
        [target] Target
       *[stop] Stop
    } “{ $asked }” isn't a price. Enter dollars and cents (149.20).
}{ $example ->
    [none] { "" }
   *[other] { "" } Try again, e.g. { $example }.
}
refused-unknown-setting = { $nearest ->
    [none] No setting “{ $asked }”. /settings lists them. Type one, e.g. { $example }.
   *[other] No setting “{ $asked }”. Did you mean { $nearest }? See them, e.g. /settings.
}
refused-unknown-strategy = { $nearest ->
    [none] Unknown strategy “{ $asked }”. See what there is, e.g. /strategy.
   *[other] Unknown strategy “{ $asked }”. Did you mean { $nearest }? See what there is, e.g. /strategy.
}
refused-promotion = { $lack ->
    [trades] { $strategy } has closed { $has ->
        [one] 1 trade
       *[other] { $has } trades
    } in shadow; a promotion needs { $needs }.
    [days] { $strategy } has been in shadow for { $has ->
        [one] 1 trading day
       *[other] { $has } trading days
    }; a promotion needs { $needs }.
    [paper_trades] { $strategy } has closed { $has ->
        [one] 1 trade
       *[other] { $has } trades
    } on paper; live money needs { $needs }.
    [paper_days] { $strategy } has traded on paper on { $has ->
        [one] 1 day
       *[other] { $has } days
    }; live money needs { $needs }.
    [not_live] { $strategy } can't trade live: { $why }
    [nothing_in_force] Not now: the desk has no usable strategy to replace. Fix the file that /strategy names, restart the bot, then ask again.
   *[is_live] { $strategy } is the live strategy.
}
refused-other-needed = You asked for this change to { $label }; another admin must confirm it.
refused-nothing-pending = No pending change to “{ $asked }”. See what is pending, e.g. /settings.
refused-setting-fixed = { $label } can't be changed here. Set it in the bot's configuration, then restart the bot.
refused-bad-setting = { $unit ->
    [switch] { $label }: enter on or off, not “{ $asked }”, e.g. /settings { $name } on.
   *[other] { $one ->
        [none] { $most ->
            [none] { $label }: enter { $least } or more, not “{ $asked }”, e.g. /settings { $name } { $example }.
           *[other] { $label }: enter { $least }–{ $most }, not “{ $asked }”, e.g. /settings { $name } { $example }.
        }
       *[other] { $label }: “{ $asked }” could be { $one } or { $other }. Enter it unambiguously, e.g. /settings { $name } { $example }.
    }
}
refused-not-open = { $trade_id ->
    [none] No open trades.
   *[other] { $trade_id } is { state }; only an open trade can be closed, or have its exits moved.
}
refused-not-gradable = { $trade_id } is { state }; only a closed trade can be graded.
refused-adoption = { $problem ->
    [not_held] Symbol: no { $symbol } position.
    [no_stock] Symbol: { $symbol } is not a stock; only shares can be adopted.
    [short] Symbol: { $symbol } is short; only long positions can be adopted.
    [in_a_trade] Symbol: { $symbol } already has a trade. Close or decide it first.
    [flattening] Symbol: everything is being sold; nothing is adopted now.
    [unsettled] Symbol: the { $symbol } position changed a moment ago. Try again in a minute.
    [being_sold] Symbol: an order at the broker already sells { $symbol }. Cancel it there first.
    [too_many] Shares: { $symbol } has { $most }.
    [none] Shares: at least 1, at most { $most }.
    [no_price] { adoption-field }: a price in dollars and cents, such as 149.20.
    [above_price] Stop: must be below the price of { $symbol }, { $price }.
    [below_price] Target: must be above the price of { $symbol }, { $price }.
    [far] Target: more than ten times the price of { $symbol }, { $price }. Check the figure.
    [ambiguous] { adoption-field }: could be { $typed }. Write decimals with a point (149.20) and thousands as 1,000 or 1000.
    [no_number] { adoption-field }: “{ $typed }” isn't a number.
   *[fraction] { adoption-field }: whole shares only. Sell the fraction at the broker first, or name whole shares.
} Nothing changed.
modal-adopt = Adopt a position
button-adopt = Adopt
button-adopt-symbol = Adopt { $symbol }
label-adopt = Make a trade of { $symbol } bought elsewhere: asks for stop and target
ask-adopt = Stop and target are sent to the broker at once. From then on it is a trade like any other: it counts as risk, and /close sells it.
adoption-hint = { $field ->
    [stop] Below the price, e.g. 149.20
    [target] Above the price, e.g. 158.50
   *[shares] Empty: all of them
}
adoption-field = { $field ->
    [stop] Stop
    [target] Target
    [shares] Shares
   *[symbol] Symbol
}
refused-already-decided = { $by ->
    [none] Nothing changed: { $trade_id } is no longer pending ({ state }).
   *[other] Nothing changed: { $trade_id } is no longer pending ({ state }, decided by { actor }).
}
refused-expired = { $trade_id } expired ({ $at }). Wait for the next proposal.
refused-ended-by-halt = { actor } halted trading after this was approved. Nothing was sent.
refused-stopped-since = Trading was stopped and allowed again since this was approved. Nothing was sent.
refused-desk-not-active = The desk is { desk-state } (by { actor }: { $why }). Exits still work; an admin resumes with /resume.
refused-market-closed = Outside trading hours: nothing was sent. Try again from { $opens_at }.
refused-no-price = No usable quote for { $symbol }. Try again in a minute.
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
    [engine] { $over ->
        [none] { $trade_id } comes right before earnings: two people must approve it, not the bot.
       *[other] { $trade_id } costs more than { $over }: a person must approve it, not the bot.
    }
   *[other] { $over ->
        [none] You already approved { $trade_id }. It comes right before earnings: another trader must approve it too.
       *[other] You already approved { $trade_id }. It costs more than { $over }: another trader must approve it too.
    }
}
refused-other-must-approve = { $by ->
    [engine] Somebody asked for { $trade_id }: a person must approve it, not the bot.
   *[other] You proposed { $trade_id } yourself: another trader must approve it. Reject cancels it.
}
refused-not-proposable = { $state ->
    [proposed] Not proposed: { $symbol } already has a proposal pending approval. See /trades pending.
    [approved] Not proposed: a { $symbol } buy is already approved, and its order goes out next.
    [submitted] Not proposed: { $symbol } already has an order at the broker.
    [open] Not proposed: { $symbol } is already held. See /positions.
    [closing] Not proposed: { $symbol } is being sold. Try again once it is closed.
   *[other] Not proposed: { $symbol } is { why }.
}
proposal-field = { $field ->
    [symbol] Symbol
    [size] Size
    [limit] Limit
    [stop] Stop
    [target] Target
    [reason] Reason
    [dollars] Dollars
    [score] Score
    [until] Until
    [uses] Buys
    [standing] Standing approval
   *[other] { $field }
}
refused-bad-proposal = { proposal-field }: { $problem ->
    [unwatched] { $bound ->
        [none] “{ $asked }” isn't on the watchlist. /watch add puts it there.
       *[other] “{ $asked }” isn't on the watchlist. Did you mean { $bound }?
    }
    [not_under] { $asked } must be below the price, { $bound }.
    [not_over] { $asked } must be above the price, { $bound }.
    [too_high] { $asked } is too high; the most is { $bound }.
    [too_low] { $asked } is too low; the least is { $bound }.
    [not_whole] “{ $asked }” isn't a whole number of shares.
    [not_positive] “{ $asked }” isn't more than 0.
    [no_size] “{ $asked }” isn't a valid size. Enter whole shares (400), dollars ($20000), a percentage of equity (5%) or risk (0.3% risk).
    [under_one_share] “{ $asked }” buys less than one share at { $bound }.
    [no_price] “{ $asked }” isn't a price, such as 149.20.
    [two_numbers] “{ $asked }” could be { $bound }. Write decimals with a point (2.50) and thousands as 1,000 or 1000.
    [twice] given twice; give it once.
    [no_number] { $asked } isn't a JSON number; send it without quotes.
    [no_text] { $asked } isn't plain text.
    [too_long] longer than { $bound } characters.
    [missing] missing.
    [unknown_field] not a field of a signal.
    [only_buys] “{ $asked }”: the desk only takes buys; it sells by its own exits.
    [no_name] “{ $asked }” isn't a name of 1 to 40 letters, digits, spaces, dots or dashes.
    [no_time] “{ $asked }” isn't a time with its zone, such as 2025-08-19T14:45:00Z.
    [late] { $asked } is more than { $bound } off the bot's clock.
    [no_json] not one flat JSON object.
    [no_key] expected 1 to { $bound } printable ASCII characters, another for each purchase.
    [reused] “{ $asked }” was used for another purchase before ({ $bound }).
   *[other] “{ $asked }” isn't valid ({ $problem }).
} Nothing was proposed.{ $example ->
    [none] { "" }
   *[other] { "" } Try again, e.g. { $example }.
}
refused-standing-over = Standing approval { $asked } is no longer in force: revoked, used up, expired, or given by someone who can no longer approve. Nothing was done.
refused-bad-standing = { proposal-field }: { $problem ->
    [unwatched] “{ $asked }” isn't on the watchlist.
    [how_many] enter at least one, and { $bound } at most.
    [no_end] enter a time within 24 hours, such as 16:00 (in { $zone }).
    [too_high] { $asked } is above the desk's own limit, { $bound }.
    [no_score] “{ $asked }” isn't a score from 0.1 to { $bound }, in tenths.
    [not_positive] enter more than 0.
    [own] another trader must countersign it; you asked for it.
    [too_many] the limit, { $bound }, is reached. Revoke one first.
   *[no_figure] “{ $asked }” isn't a number that this takes.
} Nothing was approved.
refused-not-ours = This button or window isn't the bot's, or was altered on the way. Nothing was done; use the newest card, or type the command (/trades lists the IDs).
refused-no-trade-here = This message isn't a trade card. Use Inspect on a proposal's card, or type /inspect and a symbol or an ID.
refused-size-changed = Someone changed the size of { $trade_id }: it is now { $shares }. Nothing was approved; check the card and approve again.
refused-nothing-selected = Nothing selected. Select proposals in the list first.
refused-too-old = This button or window is from { $at } and no longer valid for { $trade_id }. Nothing was done; check /trades.
refused-halt-stands = { $why ->
    [not_halted] Nothing to undo: trading isn't halted any more.
   *[other] The halt stays. { $why ->
        [not_yours] Only the person who halted can undo it, and this halt isn't yours or isn't the latest.
        [too_late] A halt can be undone for 30 s only.
        [halted_too] Someone or something else halted as well.
        [flattening] It also sells everything.
        [doubt] The desk was exits-only before it, or something is still in doubt.
       *[halt_waits] Another halt is still being saved.
    } An admin resumes with /resume.
}
refused-halted-meanwhile = Not resumed: { actor } halted trading in the meantime. Find out why; if it's still right, resume again.
refused-no-usable-strategy = Not resumed: the strategy can't be used. /strategy names the line; fix the file, restart the bot, and it trades again. Until then: exits only.
refused-flatten-underway = Still selling everything. Type /resume once flat, or /resume anyway to resume now: it keeps what isn't being sold yet; sales under way go on.
refused-repeated = Already handled. Nothing was done twice.
refused-nobody-leads = No process has run the desk's jobs since { $since }, so nobody would follow this trade. Nothing was done. If the scheduler is just restarting, try again in a moment; if not, start one first.
refused-symbol-halted = Trading in { $symbol } has been halted since { $since }: { $why }. No new entries until it resumes. Nothing was done.
refused-corporate-action = Corporate action pending in { $symbol }. No new entries until it's done. Nothing was done.
refused-backtest = { $problem ->
    [strategy] { $nearest ->
        [none] No such strategy: “{ $asked }”. There are { $known }; symbols are typed in capitals.
       *[other] No such strategy: “{ $asked }”. Did you mean { $nearest }? There are { $known }.
    }
    [strategies] One strategy at a time, please, not { $asked }.
    [symbol] { $nearest ->
        [none] No prices of “{ $asked }” here. Try one of { $known }.
       *[other] No prices of “{ $asked }” here. Did you mean { $nearest }?
    }
    [symbols] Too many symbols for one backtest: { $asked }. The limit is { $most }; name fewer.
    [order] “{ $asked }” ends before it starts.
    [outside] No prices for “{ $asked }”. There are prices for { $known }.
    [long] “{ $asked }” is too long for one backtest. The limit in days is { $most }.
   *[period] Didn't understand the period “{ $asked }”. Type a day, a month or a year, two of them with .. between, or 90d.
} E.g. { $example }
refused-backtest-running = Your last backtest isn't done yet. Its result comes as a direct message; ask again after that.
refused-other-strategy = Not bought: proposed by strategy { $proposed_by }, but the live strategy is now { $in_force }. Wait for the next proposal.
refused-risk = { $kind ->
    [too-many] Too many: { $asked }. Max { $limit } now, limited by { $rule }.
   *[rule] Not bought: { $broken }. Wait for the next proposal.
}
refused-risk-unchanged = Not changed: { $broken }.
refused-order = The broker rejected the order: { $reason }. Nothing was bought.
refused-move = The broker rejected the change: { $reason }. The { $field ->
    [target] target
   *[stop] stop
} stays where it is.
refused-sale = Not sold yet: the broker rejected the sale of { $symbol }: { $reason }. The trade stays closing, and the bot keeps trying. Don't count on its stop.

## Trouble

trouble-market = Prices are unavailable. Nothing was done; try again in a minute.
trouble-earnings = Can't read the earnings dates (EARNINGS_FILE). Nothing was done.
trouble-news = News is unavailable. Nothing was done; try again in a minute.
trouble-broker = Can't reach the broker. No order was sent; try again in a minute.
trouble-stream = Can't reach Redis. Nothing is lost; try again in a minute.
trouble-order-unclear = The order was sent, but the reply was lost. The bot is checking with the broker; do not order again.
trouble-order-exists = The broker already has this order, and the bot is looking it up. Do not order again.
trouble-cancel-pending = A cancel is still pending at the broker. The order behind it goes out once the cancel is done; try again in a minute.
trouble-fenced = Another bot took over, or trading was halted, in the meantime. Nothing was done; try again.
trouble-memory = The desk's state can't be saved outside the database right now. Nothing was done; try again in a minute.
trouble-again = That didn't work. Nothing was decided; try again in a minute.
trouble-halt = Can't read or write the database, so nothing is traded. Call the operator.
trouble-halt-held = ⛔ Halted: no more entries. The database can't be written right now; the halt will be saved once it can, and survives restarts until then.
books-back = ✅ The database is back: reads and writes work again.
channel-lost = ⚠️ I can't post in the desk's channel <#{ $channel }> (`{ $why }`). { $waiting ->
    [0] Nothing is waiting yet.
    [one] 1 notice is waiting.
   *[other] { $waiting } notices are waiting.
 } If this lasts, auto-trading stops buying. Meanwhile, urgent notices come to you here.
channel-back = ✅ I can post in <#{ $channel }> again. Everything that was waiting has been posted there.
another-desk-refused = ⚠️ A second bot with another database was started on this Slack app. It won't serve requests: Slack would send it half of this desk's commands, halts included. Give it its own app.
another-desk-found = ⛔ Another bot with another database is connected to this Slack app and takes some of this desk's commands, halts included. Stop it now, or give it its own app. Until then, check that this desk answered each command.
halted-only-here = ⚠️ Only the desk in <#{ $channel }> was halted. Another bot may be connected to this Slack app: check that the right desk halted; if not, halt again until it does.
unfinished = ⚠️ The bot stopped while handling your request from { $time }: { $said }. It may or may not have gone through. Check /desk and /trades, and send it again if it didn't.
unexpected = Something went wrong; your request may or may not have gone through. Check /trades before you try again. Error ID for the operator: { $id }

# The demo's page

demo-step-desk = 1/3 Opening the desk: database, recorded prices, paper broker (data in { $folder })…
demo-step-slack = 2/3 Starting the local Slack and connecting the bot…
demo-step-ready = 3/3 Ready. Open { $url } in a browser. You are Dana, an admin; switch people at the top right. Ctrl-C stops it.
demo-note-line = Simulated prices, no real money
demo-note = Each day’s open, close and volume are real records. Every price in between, bid and ask included, is generated at random, so gains and losses here say nothing about the strategy. Headlines are written for the demo; orders go to a paper broker. Nothing here is real money.
demo-clock = Desk clock { $time }, { $speed }× real time

## The log: the words for each event

log-a-listener-failed = Order update not processed
log-admin-not-reached = Direct message to an admin failed
log-another-desk-found = Another desk is connected to the same Slack app
log-another-desk-suspected = More connections to the Slack app than bots of this desk
log-answer-rejected = Claude's answer to a question failed its checks
log-answer-given-up = Reply abandoned
log-answer-not-sent = Reply not sent
log-answer-not-shown = Reply could not be shown
log-answer-not-taken = Reply rejected by Slack
log-approved = Trade approved
log-activities-read = Account activities read
log-call-came-too-late = Call dropped: the proposal was decided
log-direct-call-refused = Direct message to somebody on duty refused; mentioned in the channel instead
log-duty-called = Those on duty called
log-http-answer-not-taken = HTTP: client did not read the response in time
log-http-crowded = HTTP: all connections in use; closed the one longest without a complete request
log-http-too-slow = HTTP: request not complete in time
log-exit-held-back = Exit held back: another process acted first
log-held-back = Held back: another process has taken over, nothing written or sent
log-leads = This process leads now
log-nobody-leads = No process leads
log-leads-no-more = This process no longer leads
log-lease-not-given-up = Lease not released
log-lease-not-asked-for = Lease not requested: unexpected error
log-lease-not-renewed = Lease not renewed
log-lines-repeated = Repeated log line
log-older-answer = Answer of the broker older than what is stored, asking again
log-order-adopted = Own order missing from the database, picked up as a trade
log-filled-late = Abandoned entry filled late
log-corporate-actions-not-read = Corporate actions could not be read
log-request-of-others = Request from another workspace or app rejected
log-roster-unreadable = Duty roster unreadable: nobody is called
log-settings-taken-over = Settings changed by another process are in force here
log-token-guessed = HTTP: wrong HTTP_TOKEN; guesses are slowed down
log-task-done = Task done
log-task-done-here = Task done in this process instead of by a worker
log-task-failed = Task failed
log-task-not-counted = Task set aside, but not counted
log-standing-approval = Standing approval changed or used
log-signal-forged = A signal from elsewhere wasn't signed with any of the desk's secrets
log-signal-not-now = A signal from elsewhere can't be taken now
log-host-not-trusted = HTTP_TRUST_HOST has no effect: not in a container with a network of its own
log-task-set-aside = Task set aside, not retried
log-task-unknown = Task unknown to this worker's version
log-tasks-left-out = Tasks skipped: workers died while doing them
log-tasks-not-handed-out = Tasks not handed to workers: message broker unreachable
log-strategy-unusable = A strategy cannot be used: exits only if it is the live one, else left out of shadow
log-strategy-process-started = Process of a strategy in Python started
log-strategy-switched = Desk trades by another strategy than before
log-took-over = Leader replaced: it stopped responding
log-trade-restated = Trade adjusted for a corporate action
log-old-exit-not-cancelled = Exit at the old price not cancelled
log-buying-back = Buying back oversold shares
log-not-bought-back = Oversold shares not bought back
log-cover-refused = Broker rejects buying back oversold shares
log-surplus-was-others = Oversold shares settled from other holdings
log-spin-off-waits = Spin-off not valued yet
log-waiting-signals-unreadable = Signals that waited could not be read
log-action-late = Corporate action due, not shown by the broker yet
log-spin-off-without-price = No quote for a spin-off
log-corporate-action-absent = Announced corporate action did not take place
log-oversold = More shares sold than held
log-order-came-late = Order arrived after the trade had ended
log-order-kept = Cancelled order still at the broker
log-exit-moved-by-hand = Exit moved by hand at the broker
log-entry-changed-by-hand = Entry changed by hand at the broker
log-exit-makes-no-sense = Exit not sent: it would fill at once
log-exit-moved = Exit moved
log-exit-not-moved = Exit not moved
log-stop-tightened = Stop tightened by the price
log-approved-first = First approval given, second one pending
log-audit-head = Latest audit row
log-breaker-mended = Circuit breaker state in Redis repaired
log-cancelled = Trade cancelled
log-cannot-be-shown = Message could not be rendered
log-cannot-look-at-channel = Channel can't be checked with the granted scopes
log-cannot-look-for-message = Slack doesn't list the channel's messages
log-cards-not-redrawn = Cards not updated yet
log-carried-out-elsewhere = Trade already executed
log-checkpoint-failed = Database checkpoint failed
log-channel-not-seen = Slack refused to show the channel
log-channel-not-told = Notice to the channel failed
log-claude-answer-rejected = Claude's answer failed its checks
log-claude-failed = Claude did not respond
log-closed = Trade closed
log-closing = Trade closing
log-closing-everything = Closing everything at the broker
log-crashed = A thread or the program crashed
log-database-went-back = Database older than the last known state
log-decided-at-the-last-moment = Trade decided just before it expired
log-desk-changed = Desk state changed
log-desk-memory-not-kept = Last known state not saved outside the database
log-desk-not-told = Desk not notified of a failed job
log-entry-came-late = Order arrived after the trade had ended
log-entry-not-cancelled = Entry order not cancelled
log-entry-not-withdrawn = Entry order not withdrawn
log-entries-set-aside = Signal-stream entries set aside
log-expired = Proposal expired without a decision
log-failed = Trade failed, order rejected
log-group-not-told = User group could not be read
log-turned-away = Requests dropped without a reply, and counted
log-crowd-not-in-the-audit = Number of dropped requests not written to the audit log
log-group-has-nobody = Slack won't show a user group: nobody has a role through it
log-group-changed = User group changed
log-person-changed = Workspace member changed
log-person-not-shown = Slack doesn't show a member
log-person-not-told = Slack did not return a member's profile
log-watchlist-taken-over = Watchlist changed by another process is in force here
log-workspace-not-told = Slack did not return the workspace
log-channel-is-shared = The desk's channel is shared with another workspace
log-flat = Flat
log-foreign-bare = No stop on shares the bot didn't buy
log-foreign-protected = Stop set on shares the bot didn't buy
log-halted = Trading halted
log-halt-overtaken = Unwritten halt dropped, a person resumed after it
log-corporate-action-broken = Malformed corporate action skipped
log-activity-broken = Malformed account activity skipped
log-doubts = Reasons for exits-only mode
log-activities-cut-short = Account activities truncated, the rest follows next time
log-headline-broken = Malformed headline skipped
log-asked-to-wait = Waiting, as Slack asks
log-held-up = Delayed
log-home-refused = App Home rejected by Slack
log-job-failed = Job failed
log-kept-calendar-not-read = Saved trading calendar could not be read
log-looked-too-long-ago = Order checks went stale, checking again
log-not-given-up = Trade not abandoned: another bot is in charge now
log-order-exists = Order is at the broker, looking it up
log-order-held-back = Order held back, nothing sent
log-order-lock-lost = Order lock lost with its connection
log-order-lock-taken-over = Order lock taken over by a halt
log-order-lock-was-not-left = Order lock not released by the previous bot
log-line-made-anew = Slack connection reopened
log-line-not-moved = Slack connection not replaced; the old one stays in use
log-nobody-reached = Channel lost, and no admin could be reached
log-not-served = Request not served: connection not open yet
log-notice-held-up = Notice delayed
log-order-not-cancelled = Order not cancelled
log-loss-limit = Loss limit reached
log-person-not-reached = Direct message to a person failed
log-sold-by-hand = Shares sold by hand
log-stop-by-hand = Stop set by hand at the broker
log-message-refused = Message rejected by Slack
log-message-was-there = Message already posted
log-newer-blocks-refused = Slack workspace lacks newer blocks; messages go out without them
log-news = News read
log-headline-left-out = Headline left out: Claude failed on it repeatedly while answering others
log-news-cut-short = News truncated
log-not-approved = Trade not approved automatically
log-not-carried-out = Trade not executed
log-nights-not-read = Overnight moves not computed: no daily prices
log-position-adopted = Position bought elsewhere made a trade
log-note-kept = Note kept with its trade
log-note-not-kept = Note could not be kept
log-note-of-a-stranger = Message of somebody without a role not kept as a note
log-trade-graded = Process of a trade graded
log-earnings-unreadable = Earnings dates could not be read
log-not-closed = Trade not closed
log-not-in-the-audit = Refusal not written to the audit log
log-not-looked-at = Trade not checked this round
log-look-failed = Internal error while checking a trade
log-trade-fault-over = Trades that an internal error blocked are handled again
log-not-now = Request can't be served right now
log-not-sent-again = Order not sent again
log-open = Trade open
log-first-look-cut = First look at the account: the oldest executions were not looked up
log-execution-of-an-unknown-order = Execution of one of our orders that is not in the database
log-order-unclear = Order status unclear, asking the broker
log-order-unknown-to-broker = Order unknown to the broker
log-order-would-be-refused = Signal not proposed, the broker would reject the order
log-proposed = Trade proposed on a signal
log-picture-left-out = Chart skipped, too many are queued
log-picture-sent = Chart sent
log-report-without-account = Report without the account, the broker did not respond
log-audit-not-anchored = Last audit row not anchored outside the database
log-env-file-passed-over = .env in the current folder ignored: name it with --env-file
log-reports = Reports processed
log-protected = Stop and target in place
log-redraw-refused = Message update rejected by Slack
log-refused = Trade refused by a rule
log-rejected = Trade rejected
log-replay-skipped = Nothing to trade, replay skips ahead
log-cancel-pending = Sale on hold: a cancel is pending at the broker
log-selling = Selling a trade's shares
log-question-failed = No answer from Claude to a question
log-sentence-dropped = Sentence of an answer left out: it does not stand on its records
log-service-back = Service back
log-service-lost = Service down
log-slack-heard = Slack responds again
log-slack-out-of-reach = Slack unreachable
log-stream-moved-away = Signal stream unusable, moved aside and restarted
log-slack-silent = Slack silent for too long, auto-trading paused
log-setting-not-taken = Changed setting conflicts with the configuration, ignored
log-score-not-repeatable = Signal not proposed: its score didn't reproduce from its bars
log-promotion-lapsed = Promotion no longer holds, trading by STRATEGY
log-shadow-failed = A strategy in shadow, or the result of a proposal not taken, could not be worked out
log-bars-read-anew = Bars reloaded: they were adjusted or corrected
log-snapshot-broken = Malformed quote skipped
log-step-failed = Worker step failed
log-submitted = Order sent
log-symbol-invalid = Symbol unknown to Alpaca
log-target-not-moved = Target not moved
log-stream-message-not-read = Message of a stream could not be read
log-stream-given-up = Stream abandoned: Alpaca refuses the keys
log-stream-lost = Stream lost, reconnecting
log-stream-refused = Stream refused by Alpaca
log-stream-request-refused = Alpaca refused part of what the stream was asked for
log-symbol-halted = Trading in a symbol halted by the exchange
log-symbol-resumed = Trading in a symbol resumed
log-halts-in-doubt = Could not ask whether halted symbols trade again
log-bracket-parted = Bracket split: the target sells a part, the rest has its own stop
log-bracket-not-parted = Bracket not split
log-part-sold = Part sold at the target
log-stop-sold = Part sold by a stop
log-trade-updates-not-heard-yet = No order updates yet
log-worker-begins-anew = Worker broke down, starting again
log-worker-ready = Worker ready
log-unexpected = Unexpected error in a request
log-unfinished-not-forgotten = Unfinished request not deleted
log-unfinished-not-noted = Unfinished request not saved
log-backtest-failed = Backtest without a result
log-picture-not-sent = Picture rejected by Slack
log-unfinished-not-told = Notice of an unfinished request failed
log-unprotected = Trade without a live stop

## The page of a backtest

backtest-verdict = { $verdict ->
    [too_few] No edge shown: { $trades ->
        [0] no trades
        [one] only 1 trade
       *[other] only { $trades } trades
    }, and it takes at least { $fewest } to tell.
    [no_edge] No edge shown: the mean trade lies between { $low } and { $high }, so it may be zero.
    [loses] No edge shown: it loses money. The mean trade lies between { $low } and { $high }.
    [unchecked] No edge shown: the strategy is Python code that was not checked for look-ahead. Run trading-bot lookahead, then trading-bot backtest.
    [looks_ahead] No edge shown: the look-ahead check refuses the strategy. Run trading-bot lookahead to see why.
    [control] No edge shown: { $walks ->
        [0] without random walks to compare it with, nobody knows what chance alone gives. Run it with 20 walks or more.
        [one] on 1 random walk, where nothing can be won, it seemed to have an edge on { $edges }, and chance does at least as well with a probability of { $chance } (at most 5% allowed; 20 walks or more can show that).
       *[other] on { $walks } random walks, where nothing can be won, it seemed to have an edge on { $edges } (at most a tenth allowed), and chance does at least as well with a probability of { $chance } (at most 5% allowed).
    }
    [tried_too_often] No edge shown: after { $variants } variants on these data, { $is_known ->
        [no] nobody can say how much of it is luck: that takes 20 days and two variants with a Sharpe ratio.
       *[yes] luck cannot be ruled out (confidence { $probability }, 95% needed).
    }
   *[edge] An edge on these data: the mean trade lies between { $low } and { $high }. That is evidence, not proof.
}
backtest-between = { $low } to { $high }
backtest-data = { $data ->
    [recorded] recorded prices
    [random-walk] random walks
    [alpaca-iex] Alpaca (IEX)
    [alpaca-sip] Alpaca (SIP)
   *[other] { $data }
}
backtest-page-title = Backtest of { $strategy }
backtest-page-about = { $strategy } on { $symbols ->
    [one] 1 symbol
   *[other] { $symbols } symbols
}, { $first } to { $last }, data: { $data }
backtest-page-figure = { $figure ->
    [total] Return
    [holding] Buy and hold
    [spy] SPY
    [growth] Return a year
    [drawdown] Max drawdown
    [trades] Trades
    [hits] Win rate
    [expectancy] Mean trade
    [factor] Profit factor
    [sharpe] Sharpe ratio
    [sortino] Sortino ratio
    [calmar] Calmar ratio
    [exposure] Exposure
   *[turnover] Turnover a year
}
backtest-page-times = { $times }×
backtest-page-doubts = How far to trust it
backtest-page-interval = The mean trade made { $mean }. With { $confidence } confidence it lies between { $low } and { $high } (block bootstrap, { $block ->
    [one] single trades
   *[other] blocks of { $block } trades
}).
backtest-page-control = { $walks ->
    [one] Control: on 1 random walk
   *[other] Control: on { $walks } random walks
} with the same volatility it made { $mean } a trade, and showed an edge on { $edges }. Chance alone does at least as well with a probability of { $probability }.
backtest-page-deflated = { $variants ->
    [one] The first variant tried on these data: its Sharpe ratio is truly above 0 with a probability of { $probability }.
   *[other] One of { $variants } variants tried on these data: its Sharpe ratio beats the luckiest of them with a probability of { $probability } (deflated Sharpe ratio).
}
backtest-page-walked = Walk-forward, { $windows ->
    [one] 1 window
   *[other] { $windows } windows
}: { $train } a trade where it was chosen, { $test } ({ $between }) on later sessions.
backtest-page-gap = Worst gap: { $symbol } on { $day } was sold { $beyond } under its stop, for { $multiple }.
backtest-page-strategy = Strategy
backtest-page-holding = Buy and hold
backtest-page-equity = Return
backtest-page-drawdown = Drawdown
backtest-page-deepest = Deepest: { $drawdown } under the peak, on { $day }
backtest-page-months = Months
backtest-page-distribution = Trades by result, in multiples of their risk (R)
backtest-page-distribution-told = { $trades ->
    [one] 1 trade
   *[other] { $trades } trades
}, { $won } won; the worst { $worst }, the best { $best }
backtest-page-mean = mean { $mean }
backtest-page-symbol = { $trades ->
    [one] 1 trade
   *[other] { $trades } trades
} in { $symbol }, { $won } won; ▲ bought, ■ sold at a profit, ✕ at a loss{ $shown ->
    [0] { "" }
   *[other] ; the newest { $shown } are shown
}
backtest-page-windows = Walk-forward
backtest-page-window = { $chosen }: { $train } where it was chosen, { $test } later ({ $trades ->
    [one] 1 trade
   *[other] { $trades } trades
})
backtest-page-inputs = What it was run with
backtest-page-input = { $input ->
    [strategy] Strategy
    [data] Data
    [symbols] Symbols
    [cash] Cash
    [spread] Spread
    [slippage] Slippage
    [participation] Max share of a bar's volume
    [fees] Fees on sales
    [seed] Seed
   *[version] Version
}
backtest-page-bp = { $points } bp
backtest-page-fees = SEC { $sec } per $1 million, TAF { $taf } a share, at most { $most }
backtest-page-exits = How trades ended
backtest-page-exit = { $exit ->
    [stop] Stop hit
    [target] Target hit
    [signal] Sell signal
    [corporate_action] Corporate action or delisting
    [overnight] No overnight hold
    [before_close] Flat before the close
    [longest_hold] Max hold reached
   *[desk] End of the data
}
backtest-page-ended = { $trades ->
    [one] 1 trade
   *[other] { $trades } trades
}, mean { $mean }
backtest-page-refused = Signals that became no trade
backtest-page-reason = { $reason ->
    [symbol_taken] Already in a trade
    [symbol_rests] In cooldown after its last trade
    [order_refused] Stop or target too near the price
    [target_passed] Target not above the price
    [insufficient_buying_power] Not enough buying power
    [solvency] No equity in the account
    [daily_loss] Daily loss limit
    [drawdown] Drawdown limit
    [losing_streak] Losing-streak cooldown
    [stop_cooldown] Cooldown after a stop-out
    [trades_a_day] Daily trade limit
    [open_positions] Position limit
    [risk] Risk per trade too small for one share
    [headroom] No headroom under the open-risk limit
    [risk_of_one_trade] Risk limit of one trade
    [open_risk] Open-risk limit
    [buying_power] Buying power
    [exposure] Max position size
    [overnight_risk] Overnight risk limit
    [overnight_unknown] Overnight risk unknown
    [not_tradable] Not tradable at this broker
    [min_price] Minimum price
    [min_volume] Minimum volume
    [spread] Max spread
   *[other] { $reason }
}
# What is wrong with a bar.
bar-flaw = { $flaw ->
    [foreign] of a symbol that was not asked for
    [off_grid] between two bars' starts
    [early] not over yet
    [doubled] more than one for the same time
    [out_of_order] out of order
    [no_number] a price or volume is missing
    [not_positive] a price or volume under zero
    [crossed] prices that contradict each other
    [no_trade] no shares traded
    [corrected] corrected afterwards
   *[unrepeatable] a score that did not come out again
}
backtest-note = { $note ->
    [generated] Opens, closes and volumes are recorded; the prices within a day are generated between them.
    [random] The prices are random walks: nothing can be won on them but by luck.
    [no_news] Without news: only the technical score trades.
    [news] With news: { $count ->
        [one] 1 headline
       *[other] { $count } headlines
    }, { $symbol }. Each counts from a minute after it arrived.
    [news_unscored] { $count ->
        [one] 1 headline isn't
       *[other] { $count } headlines aren't
    } scored, because the budget ended: they count for nothing. What is scored is kept; run it again to go on.
    [no_dividends] { $count ->
        [0] Dividends are not known, and so not paid.
        [one] Dividends of { $symbol } are not known, and so not paid.
       *[other] Dividends of { $count } symbols, such as { $symbol }, are not known, and so not paid.
    }
    [dividends_in_prices] The prices are adjusted for dividends: they are in the prices, and none is paid in cash.
    [no_earnings] Dates of earnings are not known, so NO_ENTRY_DAYS_BEFORE_EARNINGS held nothing back.
    [jump] { $symbol } moved by { $change } on { $day }, for which no split is known; its prices may be of other shares.
    [split_unseen] { $symbol } split on { $day } by --actions, where its prices moved by { $change }. If they are adjusted for it already, the split counts twice: leave it out.
    [missing_days] { $symbol } has no bars on { $count ->
        [one] 1 day
       *[other] { $count } days
    } between its first and last one, the first time on { $day }.
    [missing_bars] { $symbol } has no bar in { $part } of the time: nothing is bought or sold there.
    [refused] { $count ->
        [one] 1 bar was refused or mended
       *[other] { $count } bars were refused or mended
    }: { $symbol }.
    [late] { $symbol } has bars from { $day } on only.
    [delisted] The bars of { $symbol } end before the others: what was held then is sold at the last price.
   *[unfinished] { $count ->
        [one] 1 trade was
       *[other] { $count } trades were
    } still open at the end, and sold at the last price.
}
backtest-notes-more = { $count ->
    [one] 1 more note
   *[other] { $count } more notes
} in the result file.
backtest-progress = { $part ->
    [data] Reading bars
    [news] Scoring headlines
    [control] Random walks
    [lookahead] Checking for look-ahead
    [indicators] Working out indicators
    [variants] Trading the variants
   *[trades] Trading
}
backtest-news-cost = { $new ->
    [one] 1 headline
   *[other] { $new } headlines
} to score, { $known } known already: Claude will cost about { $about }, { $most } at most. Scoring stops at { $budget }.
backtest-news-ask = Score them?
backtest-newest = { $count ->
    [one] The last trade
   *[other] The last { $count } trades
}
backtest-column = { $column ->
    [symbol] Symbol
    [bought] Bought
    [shares] Shares
    [entry] Entry
    [exit] Exit
    [reason] Reason
   *[result] Result
}
backtest-taken = 🧪 Backtest accepted. Progress and result come as a direct message.
backtest-waiting = 🧪 { $said } is waiting for its turn.
backtest-running = 🧪 { $said } is running. { $doing }: { $percent }%
backtest-asked = Result of { $said }. Picture and full page are in the thread.
backtest-ended = { $why ->
    [bars] { $symbol ->
        [none] ⚠️ { $said }: no prices for these days. Try other days.
       *[other] ⚠️ { $said }: no prices of { $symbol } for these days. Try other days, or leave it out.
    }
    [market] ⚠️ { $said }: the market data isn't available right now. Try again in a few minutes.
    [long] ⚠️ { $said } took too long and was ended. Ask for fewer symbols or days.
    [died] ⚠️ { $said } ended without a result, perhaps for lack of memory. Ask for fewer symbols or days.
    [stopped] ⚠️ { $said } was cut off because the bot stopped. Ask again.
    [direct] ⚠️ { $said } wasn't started: the result comes as a direct message, and the bot can't send you one. Open its Messages tab, or ask an admin to enable it.
    [strategy] ⚠️ { $said }: the strategy can't be used. The log says why; show it to whoever wrote the strategy.
   *[raised] ⚠️ { $said } failed. The log says why; ask the operator, or try another strategy, other symbols or other days.
}
backtest-unattached = ⚠️ Slack didn't take the picture and the page. The figures above are complete; ask again for the page.
backtest-file-title = Backtest, full page
backtest-picture-title = Backtest, equity
backtest-picture-alt = The account from { $first } to { $last }; bought and held { $held }. { $verdict }
backtest-kept = Saved: { $result }, { $page }

## The page of a sweep

sweep-planned = { $variants ->
    [one] 1 variant
   *[other] { $variants } variants
}: { $sizes }
sweep-title = Sweep of { $strategy }
sweep-about = { $variants ->
    [one] 1 variant
   *[other] { $variants } variants
} of { $strategy } on { $symbols ->
    [one] 1 symbol
   *[other] { $symbols } symbols
}; { $data }
sweep-verdict = { $verdict ->
    [too_few] No edge shown: { $trades ->
        [0] no trades
        [one] only 1 trade
       *[other] only { $trades } trades
    } on later sessions, and it takes at least { $fewest } to tell.
    [no_edge] No edge shown: on later sessions the mean trade of what was chosen lies between { $low } and { $high }, so it may be zero.
    [loses] No edge shown: what was chosen lost on later sessions. Its mean trade lies between { $low } and { $high }.
    [tried_too_often] No edge shown: after { $variants } variants on these data, { $is_known ->
        [no] nobody can say how much of it is luck: that takes 20 days and two variants with a Sharpe ratio.
       *[yes] luck cannot be ruled out (confidence { $probability }, 95% needed).
    }
   *[edge] An edge on these data: on later sessions the mean trade of what was chosen lies between { $low } and { $high }. That is evidence, not proof.
}
sweep-tried = { $variants ->
    [one] 1 variant was
   *[other] { $variants } variants were
} tried on these data so far. { $is_known ->
    [no] How much of the result is luck is not known: that takes 20 days and two variants with a Sharpe ratio.
   *[yes] The highest Sharpe ratio in this sweep beats the luckiest of them with a probability of { $probability } (deflated Sharpe ratio).
}
sweep-map = All variants, over the whole period
sweep-map-note = { $variants ->
    [1] Mean trade of each variant. Every variant was run on the same bars
   *[other] Median over { $variants } variants in each cell. Every variant was run on the same bars
}, so the highest figure says nothing about the next one: only the later sessions do.
sweep-trades = { $trades ->
    [one] 1 trade
   *[other] { $trades } trades
}
sweep-column = { $column ->
    [sessions] Later sessions
    [chosen] Chosen before
    [before] Where chosen
    [after] Later
   *[trades] Trades
}
