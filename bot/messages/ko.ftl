### 데스크가 읽는 말. 두 언어의 키와 변수는 같아야 하며 테스트가 비교합니다.
### 모르는 사실은 "none", 봇 자신은 "engine"으로 들어옵니다.

## 낱말

actor = { $by ->
    [engine] 봇
    [none] 담당자 미상
   *[other] { $by }
}
shares = { $shares ->
   *[other] { $shares }주
}
unknown = 미상
and-more = … 외 { $count }건
state = { $state ->
    [proposed] 승인 대기
    [approved] 승인
    [submitted] 주문 전송
    [open] 보유 중
    [closing] 청산 중
    [closed] 청산 완료
    [rejected] 거절
    [expired] 만료
    [refused] 자동 거부
    [cancelled] 취소
    [failed] 주문 실패
   *[other] { $state }
}
desk-state = { $state ->
    [active] 정상 운영
    [reducing] 청산만 허용
    [halted] 거래 중지
   *[other] { $state }
}
role = { $role ->
    [admin] 관리자
    [trader] 트레이더
    [viewer] 조회자
   *[nobody] 권한 없음
}
session = { $session ->
    [pre] 프리마켓
    [regular] 정규장
    [after] 애프터마켓
   *[closed] 장 마감
}
strength = { $strength ->
    [strong-buy] 강한 매수
    [buy] 매수
    [strong-sell] 강한 매도
    [sell] 매도
   *[none] 관망
}
# 하지 않은 까닭, 또는 수량을 정한 한도: 엔진의 낱말이거나 사람이 쓴 글.
why = { $reason ->
    [risk] 거래당 위험 한도
    [risk_of_one_trade] 거래당 위험 한도
    [open_risk] 동시위험 한도
    [headroom] 동시위험 한도까지 남은 여유
    [buying_power] 매수 가능 금액
    [exposure] 종목당 비중 한도
    [desk] 데스크가 정한 수량
    [spread] 스프레드가 너무 넓음
    [price_age] 시세가 오래됨
    [price_drift] 제안가에서 너무 벗어남
    [daily_loss] 일일 손실 한도 도달
    [drawdown] 고점 대비 하락 한도 도달
    [active] 정상 운영 중
    [reducing] 청산만 허용 중
    [halted] 거래 중지 중
    [desk_reducing] 청산만 허용 중
    [desk_halted] 거래 중지 중
    [nothing_to_sell] 보유 없음, 공매도 안 함
    [symbol_taken] 이미 진행 중인 거래 있음
    [symbol_rests] 직전 거래가 방금 끝남
    [outside_regular_hours] 주문 가능 시간 아님, 시간이 되면 다시 확인
    [never_arrived] 브로커에 주문이 도착하지 않음
    [truth_unknown] 브로커가 응답하지 않아 주문과 포지션을 알 수 없음, 확인되면 자동으로 재개
    [truth_contradicts] 진행 중인 거래의 주문을 브로커가 모름: 계좌가 맞는지 확인하세요. /resume 하면 계좌의 포지션을 기준으로 합니다
    [order_refused] 브로커가 받지 않을 주문
    [not_filled] 시간 안에 지정가까지 내려오지 않음
    [none] 사유 없음
   *[other] { $reason }
}
# 규칙이 본 값과 한도.
rule-broken = { $rule ->
    [solvency] 순자산 없음({ $figure })
    [daily_loss] 오늘 손실이 당일 시작 순자산의 { $figure }, 한도 { $limit }
    [drawdown] 순자산이 고점 대비 { $figure } 하락, 한도 { $limit }
    [losing_streak] 연속 손실 { $figure }회, { $limit }회부터 잠시 쉼
    [stop_cooldown] 손절 후 { $figure } 경과, { $limit } 동안 쉼
    [trades_a_day] 오늘 { $figure }번째 거래, 하루 한도 { $limit }건
    [open_positions] 보유 종목이 { $figure }개가 됨, 한도 { $limit }개
    [risk] 거래당 위험 한도로 1주도 살 수 없음
    [headroom] 동시위험 한도까지 남은 여유로 1주도 살 수 없음
    [desk] 데스크가 정한 수량이 0주
    [risk_of_one_trade] 이 거래의 위험 { $figure }, 한도 { $limit }
    [open_risk] 총 위험이 { $figure }에 이를 수 있음, 한도 { $limit }
    [buying_power] { $unit ->
        [shares] 매수 가능 금액으로 1주도 살 수 없음
       *[other] 매수 금액 { $figure }, 매수 가능 금액 { $limit }
    }
    [exposure] { $unit ->
        [shares] 종목당 비중 한도로 1주도 살 수 없음
       *[other] 종목 비중 { $figure }, 한도 { $limit }
    }
    [min_price] 주가 { $figure }, 최저 { $limit }
    [min_volume] 오늘 거래량 { $figure }, 최소 { $limit }
    [spread] 스프레드 { $figure }, 한도 { $limit }
    [price_age] { $figure } 지난 시세, 한도 { $limit }
    [price_drift] 제안가에서 { $figure } 벗어남, 한도 { $limit }
   *[other] { $rule }: { $figure }, 한도 { $limit }
}
source = { $source ->
    [replay] 기록된 시세(일중 경로는 보간), 모의 브로커
    [alpaca-iex] 단일 거래소 실시간 시세(IEX, Alpaca)
    [alpaca-sip] 전체 거래소 실시간 시세(SIP, Alpaca)
   *[other] 시세: { $source }
}
quantity = { $unit ->
    [shares] { $figure }주
    [basis_points] { $figure }bp
    [seconds] { $figure }초
   *[other] { $figure }
}

## 점수

score = *점수 { $score }* · { strength }: 기술 { $technical }, 뉴스 { $news }
score-rsi = RSI { $value } → { $points }
score-bollinger = { $band ->
    [lower] 볼린저 하단 터치: 저가 { $price }, 하단 { $line } → { $points }
    [upper] 볼린저 상단 터치: 고가 { $price }, 상단 { $line } → { $points }
   *[none] 볼린저 터치 없음 → { $points }
}
score-macd = { $cross ->
    [above] MACD 골든크로스 → { $points }
    [below] MACD 데드크로스 → { $points }
   *[none] MACD 교차 없음 → { $points }
}
score-volume = 거래량 평균 대비 { $percent } → { $points }
score-news = { $detail ->
    [none] 뉴스, { scorer } → { $points }
   *[other] 뉴스 → { $points }, 미채점 뉴스 있음: { claude-problem }
}
# Claude가 점수를 내지 못한 까닭.
claude-problem = { $detail ->
    [budget] Claude 오늘 예산 소진
    [busy] Claude가 다른 뉴스를 읽는 중
    [key] Claude가 API 키를 거부함
    [request] Claude가 요청을 거부함(모델 이름 확인)
    [outage] Claude 응답 없음
    [answer] Claude 답변을 믿을 수 없음
   *[other] { $detail }
}
scorer = { $scorer ->
    [keywords] 키워드 채점
    [claude] Claude 채점
    [none] 채점 없음
   *[other] { $scorer }
}
score-finding = • { $points } “{ $headline }”
score-finding-reason = • { $points } “{ $headline }” ({ $reason })

## 제안

proposal-title = { $state ->
    [proposed] { $symbol } { $shares }주, { $price }에 매수할까요? 점수 { $score }, { strength }
   *[other] { $symbol } { $shares }주, { $price }: { state }
}
proposal-plan = *금액* { $cost } · *손절가* { $stop } ({ $stop_change }) · *목표가* { $target } ({ $target_change })
proposal-risk = *위험* { $dollars } ({ $percent }) · *총 위험* { $before } → { $after } / 한도 { $ceiling }
sizing-sum = *수량* { $equity } × { $part } ÷ ({ $entry } − { $stop }) = { $unrounded } → { shares }
sizing-cap = *한도* { why }
sizing-resized = *수량 변경* { $planned } → { shares }
proposal-limit = *시간외* 지정가 주문: 주당 최대 { $limit }. 손절·목표 주문은 체결 후에 나가며 정규장에서만 체결됩니다.
proposal-expires = 만료 { $time }
trade-id = 거래ID { $id }
button-approve = 승인
button-resize = 수량 변경
button-reject = 거절
button-inspect = 상세
button-close = 청산
button-keep = 보유
label-approve = 승인: { $symbol } { $shares }주 { $price }에 매수
label-resize = 수량 변경: { $symbol } { $shares }주
label-reject = 거절: { $symbol } 매수 안 함
label-inspect = 상세: { $symbol }
label-close = 청산: { $symbol } { $shares }주 시장가 매도
label-keep = 보유: { $symbol } 계속 보유
confirm-close = { $symbol } 청산할까요?
confirm-close-text = { shares }를 지금 시장가로 매도합니다.

## 거래의 흐름

decided = { $state ->
    [rejected] 거절: { actor }, { $time }. 주문은 나가지 않았습니다.
    [expired] 만료: { $time }, 결정 없음. 주문은 나가지 않았습니다.
    [refused] 자동 거부: { $time }. 주문은 나가지 않았습니다.
    [cancelled] 승인 후 취소 (승인: { actor }).
    [failed] 브로커가 주문을 거부했습니다 (승인: { actor }).
   *[approved] { $by ->
        [engine] 자동 승인 (AUTO_MODE), { $time }.
       *[other] 승인: { actor }, { $time }.
    }
}
because = 사유: { $why }
resized = { $by ->
    [none] 수량 변경: { $symbol } { shares }, 금액 { $cost }, 위험 { $dollars } ({ $percent }).
   *[other] 수량 변경 ({ actor }): { $symbol } { shares }, 금액 { $cost }, 위험 { $dollars } ({ $percent }).
}
first-approved = *1차 승인: { actor }*. 다른 담당자의 승인이 한 번 더 필요합니다.
second-asked = 1차 승인 ({ actor }): { $symbol } { $shares }주 매수. 기준 금액을 넘어 다른 담당자의 승인이 한 번 더 필요합니다.
second-asked-how = 카드의 승인 버튼을 누르세요. 그 전에는 주문이 나가지 않으며, 거절하면 제안이 철회됩니다.
submitted = 주문 전송: { $symbol } { $shares }주 매수, 손절가 { $stop }, 목표가 { $target }.
# 약속된 알림을 한 줄도 바꾸지 않고 그대로.
filled =
    { $filled ->
        [partly] ⏳ 일부 체결 ({ $wanted }주 중 { $shares }주)
       *[whole] ✅ 거래 체결 완료
    }
    📊 { $symbol } BUY { shares }
    💰 체결가: { $price }
    💵 거래금액: { $amount }
    🛡️ 위험: { $percent } ({ $dollars })
    🎯 목표가: { $target } ({ $target_change })
    🛑 손절가: { $stop } ({ $stop_change })
    🆔 거래ID: { $id }
target-set = { $symbol } 보호 주문 설정: 목표가 { $target } ({ $target_change }), 손절가 { $stop } ({ $stop_change }).
exit-asked = { $score ->
    [none] { $symbol } 청산할까요? { shares } 보유 중 매도 신호가 나왔습니다.
   *[other] { $symbol } 청산할까요? { shares } 보유 중 매도 신호({ $score })가 나왔습니다.
}
exit-asked-plan = 진입가 { $entry } · 손절가 { $stop } · 목표가 { $target }
exit-asked-over = { $symbol }: 매도 신호가 나왔으며, 거래는 현재 { state } 상태입니다.
exit-kept = { $symbol } 보유 유지: { actor }. 손절·목표 주문은 유지됩니다.
closed =
    { $exit ->
        [stop] 🛑 청산 완료: 손절가 도달
        [target] 🎯 청산 완료: 목표가 도달
        [desk] 🏁 청산 완료: 데스크 지시
        [signal] 🏁 청산 완료: 매도 신호
       *[none] 🏁 청산 완료
    }
    📊 { $symbol } SELL { shares }
    💰 청산가: { $price } (진입가 { $entry })
    💵 손익: { $result }
    🆔 거래ID: { $id }
unprotected = ⚠️ { $symbol }: { shares }에 유효한 손절 주문이 없어 봇이 { $stop }에 새로 냈습니다. 브로커를 확인하세요.
unprotected-still = ⛔ { $symbol }: { shares }에 유효한 손절 주문이 없고 브로커가 새 주문을 거부했습니다: { $trouble }. 지금 바로 브로커에서 청산하거나 손절 주문을 내세요.
sold-by-hand = ⚠️ { $symbol }: { $gone }주가 봇의 주문 없이 빠져나갔습니다. 최근가 근처에 매도한 것으로 기록하며, 이 거래의 현재 보유는 { $shares }주입니다.

## 데스크 알림

foreign-position = ⚠️ { $symbol }: 봇이 매수하지 않은 { $shares }주가 계좌에 있습니다. 위험에 포함하며, 봇은 매도하지 않습니다.

halted = ⛔ 거래 중지: { actor }. 신규 거래는 없고 손절·목표 주문은 유지됩니다. 재개는 관리자가 /resume.
reducing = ⚠️ 청산만 허용: { actor }. 신규 거래는 없고 손절·목표 주문은 유지됩니다.
flattening = ⛔ 전량 청산 시작: { actor }. 진입 주문을 모두 취소하고 모든 포지션을 청산합니다. 남은 것이 없으면 알려 드립니다.
flatten-no-window = 전량 매도를 확인하는 창이 열리지 않았습니다. /halt flatten을 다시 입력하세요.
flattening-asked = ⛔ 거래를 중지하고 전량 청산 중입니다. 포지션별 결과는 채널에 올라옵니다.
flatten-waits = ⚠️ 정규장 밖에서 낸 청산 주문은 개장을 기다립니다: { $at }.
flatten-stuck = ⛔ 전량 청산: { $what } 청산 안 됨: { $detail }. 봇이 계속 시도합니다. 브로커를 확인하세요.
flat = ✅ 전량 청산 완료: 브로커에 포지션도 주문도 없습니다. 거래 중지는 유지되며, 재개는 관리자가 /resume.
slack-back = ⚠️ Slack 연결이 { $minutes }분 만에 복구되었습니다. 그동안 AUTO_MODE는 매수하지 않았으며, 나온 제안은 데스크의 승인을 기다립니다.
resumed = ✅ 거래 재개: { actor }.
resumed-runs = 신규 거래 대상: { $symbols }개 종목. 현재 총 위험: { $risk }.
auto = { $mode ->
    [on] AUTO_MODE 켜짐: 한도 안의 제안은 묻지 않고 매수합니다.
   *[off] AUTO_MODE 꺼짐: 모든 제안이 데스크의 승인을 기다립니다.
}
set-by = 설정: { actor }.
signal-kept = { $symbol } 신호, 제안하지 않음: { $why }.
risk-warning = ⚠️ 총 위험 { $figure }: 동시위험 한도에 가깝습니다. 한도에 닿으면 거래가 중지됩니다.
loss-limit = { $rule ->
    [daily_loss] ⛔ 뉴욕 기준 오늘은 더 매수하지 않습니다: { $why }. 손절은 그대로, 청산은 가능합니다.
   *[other] ⛔ 순자산이 회복될 때까지 매수하지 않습니다: { $why }. 손절은 그대로, 청산은 가능합니다.
}
job-failed = ⚠️ 작업 “{ $job }” 실패. 다음 주기에 다시 실행합니다. 운영자용 오류 번호: { $id }
job-recovered = ✅ 작업 “{ $job }” 정상 복구.
service = { $service ->
    [market] 시세
    [news] 뉴스
    [broker] 브로커
    [redis] Redis
    [claude] Claude
    [slack] Slack
   *[other] { $service }
}
service-lost = { $service ->
    [claude] ⚠️ { claude-problem }. 뉴스 채점은 미뤄지고 점수는 뉴스 없이 냅니다. 봇이 계속 시도합니다.
   *[other] ⚠️ { service }: 응답 없음 ({ $detail }). 잃은 것은 없으며 봇이 계속 시도합니다.
}
service-back = ✅ { service }: 복구.
budget-spent = ⚠️ Claude 오늘 예산을 다 썼습니다. 다음 날(UTC)까지 뉴스 채점은 미뤄지고 점수는 뉴스 없이 냅니다.
started = { $broker ->
    [alpaca-live] 🔴 *실거래: 봇이 실제 돈으로 시작되었습니다.*
   *[other] ✅ 봇이 시작되었습니다.
}
started-broker = { $broker ->
    [alpaca-live] *지금부터 모든 주문은 Alpaca 실계좌에서 실제 돈으로 체결됩니다.* 중지는 /halt.
    [alpaca-paper] 브로커: Alpaca 모의 계좌. 실제 돈은 오가지 않습니다.
    [paper] 브로커: 봇 내부 모의 체결. 실제 돈은 오가지 않습니다.
   *[other] 브로커: { $broker }
}
trade-unreadable = 알림 “{ $kind }”: 거래 { $id }의 기록이 없습니다.

## 답변

positions-title = 총 위험 { $risk } / 한도 { $ceiling }
positions-account = 순자산 { $equity } · 현금 { $cash } · 매수 가능 { $power }
positions-warning = ⚠️ { $warning }에서 경고하고, { $ceiling }에서 거래가 중지됩니다.
positions-none = 보유 종목이 없습니다.
position = *{ $symbol }* { shares } × { $price } = { $value } · { $gain }
position-protected = 손절가 { $stop }, 위험 { $risk } · { $id }
position-foreign = 이 봇의 거래가 아니어서 손절가를 알 수 없습니다.
trades-alive = 진행 중인 거래
trades-pending = 승인 대기
trades-open = 보유 중인 거래
trades-closed = 청산된 거래
trades-today = 오늘의 거래
trades-all = 최근 거래
trades-none = 없습니다.
trade-line = { $result ->
    [none] *{ $id }* { state } · { $shares }주 × { $price }
   *[other] *{ $id }* { state } · { $shares }주 × { $price } · { $result }
}
inspect-price = *{ $price }* · 매수호가 { $bid } · 매도호가 { $ask } · 스프레드 { $spread }bp
inspect-volume = 거래량 { $volume } · { $time } · { session }
inspect-no-price = 유효한 시세 없음 · { session }
inspect-no-signal = 점수를 내기에 유효한 봉이 부족합니다.
inspect-trades = *거래*
inspect-panel = *지표*
panel-line = { $name } { $value }
size-title = { $symbol } { shares }
size-plan = *금액* { $cost } · *위험* { $dollars } ({ $percent }) · *총 위험* { $before } → { $after }
size-most = { $fits ->
    [no] 너무 많습니다. 현재 최대 { $most }주. 제한 요인: { why }.
   *[yes] 현재 최대 { $most }주. 제한 요인: { why }.
}
size-how = 변경하려면 /size { $symbol } 뒤에 수량을 쓰거나 카드의 수량 변경 버튼을 누르세요.

## 창

modal-resize = 수량 변경
modal-reject = 거절
modal-cancel = 취소
modal-done = 닫기
field-shares = 수량(주)
field-shares-hint = 1~{ $most }주. 주당 위험 { $each }.
field-reason = 사유
field-reason-hint = 데스크와 감사 기록에 남습니다.
modal-halt = 거래 중지
button-halt = 중지
ask-halt = ⛔ 신규 거래를 즉시 모두 중지할까요? 손절·목표 주문은 유지됩니다. 재개는 관리자가 /resume.
modal-flatten = 전량 청산
button-flatten = 전량 청산
ask-flatten = ⛔ 거래를 중지했습니다. 계좌의 *모든* 포지션을 시장가로 청산하고 모든 주문을 취소할까요? 장외 시간이면 주문은 개장을 기다립니다.

## 도움말

help-approve = /approve AAPL — 제안대로 매수합니다. 거래ID, ID의 앞부분, 종목 모두 되며 대기 중인 제안이 하나면 /approve만 쓰면 됩니다.
help-reject = /reject AAPL 실적 발표 임박 — 제안을 거절합니다. 뒤의 글은 사유로 남습니다.
help-size = /size AAPL — 수량 계산과 모든 한도 안의 최대 수량을 봅니다. /size AAPL 400 — 제안을 400주로 바꿉니다.
help-halt = /halt 사유 — 신규 거래를 즉시 중지합니다. 손절·목표 주문은 유지됩니다. /halt flatten 사유 — 전량 청산할지도 묻습니다.
help-resume = /resume — 신규 거래를 재개합니다. /resume anyway — 전량 청산 중에도 청산을 멈추고 재개합니다.
help-inspect = /inspect AAPL — 시세, 점수, 지표. /inspect AAPL_20250819_234515 — 제안부터 청산까지의 거래.
help-positions = /positions — 보유 종목, 손절가, 총 위험, 자금.
help-trades = /trades — 진행 중인 거래, 최신순. /trades pending, open, closed, today, all — 해당 거래.
help-auto = /auto — AUTO_MODE 확인. /auto on — 묻지 않고 매수. /auto off — 데스크에 묻기.

## 거부: 무엇이 문제이고 어떻게 하면 되는지

refused-unknown-trade = { $asked ->
    [none] 해당하는 거래가 없습니다. /trades all로 확인하세요.
   *[other] { $nearest ->
        [none] “{ $asked }” 거래가 없습니다. /trades all로 거래ID를 확인하세요.
       *[other] “{ $asked }” 거래가 없습니다. 혹시 { $nearest }인가요?
    }
}
refused-unknown-symbol = { $nearest ->
    [none] “{ $asked }” 종목은 관심 목록에 없습니다. AAPL 같은 종목 코드를 입력하세요.
   *[other] “{ $asked }” 종목은 관심 목록에 없습니다. 혹시 { $nearest }인가요?
}
refused-ambiguous = { $asked ->
    [none] 해당하는 거래가 여럿입니다: { $matches }. 하나의 거래ID를 입력하세요.
   *[other] “{ $asked }”에 맞는 거래가 여럿입니다: { $matches }. 거래ID 전체를 입력하세요.
}
refused-bad-number = “{ $asked }”: 수량이 아닙니다. 400처럼 1 이상의 정수를 입력하세요.
refused-bad-text = { $asked ->
    [none] 빠진 것이 있습니다. { $usage } 형식으로 입력하세요.
   *[other] “{ $asked }” 입력을 이해할 수 없습니다. { $usage } 형식으로 입력하세요.
}
refused-already-decided = { $by ->
    [none] 바뀐 것 없음: { $trade_id } 거래는 이미 { state } 상태입니다.
   *[other] 바뀐 것 없음: { $trade_id } 거래는 이미 { state } 상태입니다 (결정: { actor }).
}
refused-expired = { $trade_id } 제안은 만료되었습니다, { $at }. 다음 제안을 기다리세요.
refused-desk-not-active = 현재 { desk-state } 상태입니다 ({ actor }: { why }). 청산은 가능하며, 재개는 관리자가 /resume.
refused-market-closed = 지금은 주문이 나가지 않는 시간입니다. 다음 주문 가능 시각: { $opens_at }.
refused-no-price = { $symbol }: 거래에 쓸 만한 시세가 없습니다. 1분 뒤 다시 시도하세요.
refused-not-allowed = { $needed } 권한이 필요합니다. 현재 권한: { $has }. 관리자에게 요청하세요.
refused-second-needed = { $by ->
    [engine] { $trade_id } 금액이 { $over }를 넘습니다. 봇 단독 승인은 안 되며 담당자가 승인해야 합니다.
   *[other] { $trade_id }: 이미 승인하셨습니다. 금액이 { $over }를 넘어 다른 트레이더의 승인도 필요합니다.
}
refused-not-ours = 봇이 만든 버튼이나 창이 아니거나 중간에 바뀌었습니다. 실행된 것은 없습니다. 최신 카드의 버튼을 쓰거나 명령을 입력하세요 (거래ID는 /trades).
refused-too-old = { $at }에 만든 버튼이나 창이라 { $trade_id }에는 더 쓸 수 없습니다. 실행된 것은 없습니다. /trades로 확인하세요.
refused-flatten-underway = 전량 청산 중입니다. 모두 청산되기 전에는 재개되지 않습니다. 청산을 멈추고 재개하려면 /resume anyway.
refused-repeated = 이미 처리된 요청입니다. 두 번 실행된 것은 없습니다.
refused-risk = { $kind ->
    [too-many] 너무 많습니다: { $asked }. 현재 최대 { $limit }, 제한 요인: { $rule }.
   *[rule] 매수 안 함: { $broken }. 다음 제안을 기다리세요.
}
refused-order = 브로커가 주문을 거부했습니다: { $reason }. 매수되지 않았습니다.

## 장애

trouble-market = 지금 시세를 읽을 수 없습니다. 실행된 것은 없습니다. 1분 뒤 다시 시도하세요.
trouble-news = 지금 뉴스를 읽을 수 없습니다. 실행된 것은 없습니다. 1분 뒤 다시 시도하세요.
trouble-broker = 브로커에 연결할 수 없습니다. 주문은 나가지 않았습니다. 1분 뒤 다시 시도하세요.
trouble-stream = Redis에 연결할 수 없습니다. 잃은 것은 없습니다. 1분 뒤 다시 시도하세요.
trouble-order-unclear = 주문은 보냈으나 응답을 받지 못했습니다. 봇이 브로커에 확인 중이니 다시 주문하지 마세요.
trouble-again = 지금은 처리할 수 없습니다. 결정된 것은 없습니다. 1분 뒤 다시 시도하세요.
trouble-halt = 기록을 읽거나 쓸 수 없어 거래를 모두 멈췄습니다. 운영자에게 연락하세요.
trouble-halt-held = ⛔ 거래 중지: 이제 진입 주문은 나가지 않습니다. 지금은 기록을 쓸 수 없어, 쓸 수 있게 되는 즉시 중지를 남깁니다. 그때까지 봇을 재시작하지 마세요.
books-back = ✅ 기록을 다시 읽고 쓸 수 있습니다.
unexpected = 오류가 발생했습니다. 확정된 것은 없으니 /trades로 확인하세요. 운영자용 오류 번호: { $id }

# 데모 화면

demo-note = 실제 일별 시세를 재생하며 장중 경로는 보간한 값입니다. 뉴스는 데모용으로 작성했고 주문은 모의 체결입니다. 실제 돈은 오가지 않습니다.
demo-clock = 데스크 시각 { $time }, 실제보다 { $speed }배 빠름

## 로그: 사건의 이름

log-a-listener-failed = 주문 소식 처리 실패
log-answer-not-sent = 답변 전송 실패
log-answer-not-taken = Slack이 답변을 받지 않음
log-approved = 거래 승인
log-approved-first = 거래 1차 승인, 두 번째 승인 대기
log-audit-head = 감사 기록 현황
log-cancelled = 거래 취소
log-cannot-be-shown = 메시지를 그릴 수 없음
log-cannot-look-for-message = Slack 메시지 조회 불가
log-carried-out-elsewhere = 거래가 이미 집행됨
log-claude-answer-rejected = Claude 답변 거부
log-claude-failed = Claude 응답 없음
log-closed = 거래 청산 완료
log-closing = 거래 청산 중
log-closing-everything = 브로커에서 전량 청산 중
log-crashed = 프로그램이 비정상 종료됨
log-decided-at-the-last-moment = 거래가 마지막 순간에 결정됨
log-desk-changed = 데스크 설정 변경
log-desk-not-told = 작업 실패를 데스크에 알리지 못함
log-entry-came-late = 거래 종료 후 주문 도착
log-entry-not-cancelled = 거래 주문을 취소하지 못함
log-entry-not-withdrawn = 거래 주문을 거두지 못함
log-expired = 거래 제안 만료
log-failed = 거래 실패, 주문 거부됨
log-group-not-told = 사용자 그룹을 읽지 못함
log-flat = 전량 청산 완료
log-halted = 거래 중지
log-headline-broken = 깨진 헤드라인 제외
log-job-failed = 작업 실패
log-kept-calendar-not-read = 보관된 거래일 달력을 읽지 못함
log-order-not-cancelled = 주문 취소 실패
log-loss-limit = 손실 한도 도달
log-sold-by-hand = 거래 수량 수동 매도
log-message-refused = Slack이 메시지를 거부함
log-message-was-there = 이미 올라간 메시지
log-news = 뉴스 읽음
log-news-cut-short = 뉴스가 너무 많아 일부만 읽음
log-no-pulse = Slack 응답 없음
log-not-approved = 거래 자동 승인 안 됨
log-not-carried-out = 거래 집행 안 됨
log-not-closed = 거래 청산 안 됨
log-not-in-the-audit = 감사 기록을 남기지 못함
log-not-looked-at = 이번 점검에서 거래를 확인하지 못함
log-not-now = 요청을 지금 처리할 수 없음
log-not-sent-again = 거래 주문을 다시 보내지 않음
log-notices-held-up = 알림 전송 보류
log-open = 거래 체결, 보유 시작
log-order-unclear = 거래 주문 결과 불명, 브로커에 확인 예정
log-order-unknown-to-broker = 브로커에 없는 거래 주문
log-order-would-be-refused = 신호 제안 안 함, 브로커가 거부할 주문
log-passage-session-lost = 주문 잠금 연결 끊김
log-proposed = 신호에 따라 거래 제안
log-protected = 거래 손절·목표 주문 설정
log-redraw-refused = Slack이 메시지 수정을 거부함
log-refused = 거래 자동 거부
log-rejected = 거래 거절
log-replay-skipped = 볼 것이 없어 재생을 건너뜀
log-selling = 거래 보유분 매도 중
log-service-back = 서비스 복구
log-service-lost = 서비스 응답 없음
log-slack-heard = Slack 응답 복구
log-slack-out-of-reach = Slack에 연결할 수 없음
log-slack-silent = Slack 무응답, AUTO_MODE 대기
log-snapshot-broken = 깨진 시세 제외
log-submitted = 거래 주문 전송
log-symbol-invalid = Alpaca가 모르는 종목
log-target-not-moved = 거래 목표가를 옮기지 못함
log-trade-update-not-read = 주문 소식을 읽지 못함
log-trade-updates-given-up = 주문 소식 수신 포기
log-trade-updates-lost = 주문 소식 끊김, 다시 연결 중
log-trade-updates-not-heard-yet = 주문 소식 아직 수신 전
log-trade-updates-refused = 주문 소식 수신 거부됨
log-unexpected = 요청 처리 중 예상 밖 오류
log-unprotected = 거래에 유효한 손절 주문 없음
