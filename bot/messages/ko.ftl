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
    [active] 정상 운영 중
    [reducing] 청산만 허용 중
    [halted] 거래 중지 중
    [desk_reducing] 청산만 허용 중
    [desk_halted] 거래 중지 중
    [nothing_to_sell] 보유 없음, 공매도 안 함
    [symbol_taken] 이미 진행 중인 거래 있음
    [symbol_rests] 직전 거래가 방금 끝남
    [outside_regular_hours] 정규장 시간 아님
    [never_arrived] 브로커에 주문이 도착하지 않음
    [none] 사유 없음
   *[other] { $reason }
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
score-news = 뉴스, { scorer } → { $points }
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
because = 사유: { why }
resized = { $by ->
    [none] 수량 변경: { $symbol } { shares }, 금액 { $cost }, 위험 { $dollars } ({ $percent }).
   *[other] 수량 변경 ({ actor }): { $symbol } { shares }, 금액 { $cost }, 위험 { $dollars } ({ $percent }).
}
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

## 데스크 알림

halted = ⛔ 거래 중지: { actor }. 신규 거래는 없고 손절·목표 주문은 유지됩니다. 재개는 관리자가 /resume.
reducing = ⚠️ 청산만 허용: { actor }. 신규 거래는 없고 손절·목표 주문은 유지됩니다.
resumed = ✅ 거래 재개: { actor }.
auto = { $mode ->
    [on] AUTO_MODE 켜짐: 한도 안의 제안은 묻지 않고 매수합니다.
   *[off] AUTO_MODE 꺼짐: 모든 제안이 데스크의 승인을 기다립니다.
}
set-by = 설정: { actor }.
signal-kept = { $symbol } 신호, 제안하지 않음: { why }.
risk-warning = ⚠️ 총 위험 { $figure }: 동시위험 한도에 가깝습니다. 한도에 닿으면 거래가 중지됩니다.
job-failed = ⚠️ 작업 “{ $job }” 실패. 다음 주기에 다시 실행합니다. 운영자용 오류 번호: { $id }
job-recovered = ✅ 작업 “{ $job }” 정상 복구.
service = { $service ->
    [market] 시세
    [news] 뉴스
    [broker] 브로커
    [redis] Redis
    [slack] Slack
   *[other] { $service }
}
service-lost = ⚠️ { service }: 응답 없음 ({ $detail }). 잃은 것은 없으며 봇이 계속 시도합니다.
service-back = ✅ { service }: 복구.
started = ✅ 봇이 시작되었습니다.
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

## 도움말

help-approve = /approve AAPL — 제안대로 매수합니다. 거래ID, ID의 앞부분, 종목 모두 되며 대기 중인 제안이 하나면 /approve만 쓰면 됩니다.
help-reject = /reject AAPL 실적 발표 임박 — 제안을 거절합니다. 뒤의 글은 사유로 남습니다.
help-size = /size AAPL — 수량 계산과 모든 한도 안의 최대 수량을 봅니다. /size AAPL 400 — 제안을 400주로 바꿉니다.
help-halt = /halt 사유 — 신규 거래를 즉시 중지합니다. 손절·목표 주문은 유지됩니다.
help-resume = /resume — 신규 거래를 재개합니다.
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
refused-market-closed = 주문은 정규장에만 나갑니다. 개장: { $opens_at }.
refused-no-price = { $symbol }: 거래에 쓸 만한 시세가 없습니다. 1분 뒤 다시 시도하세요.
refused-not-allowed = { $needed } 권한이 필요합니다. 현재 권한: { $has }. 관리자에게 요청하세요.
refused-risk = { $kind ->
    [too-many] 너무 많습니다: { $asked }. 현재 최대 { $limit }, 제한 요인: { $rule }.
   *[rule] 매수 안 함: { $rule } ({ $asked }, 한도 { $limit }). 다음 제안을 기다리세요.
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
books-back = ✅ 기록을 다시 읽고 쓸 수 있습니다.
unexpected = 오류가 발생했습니다. 확정된 것은 없으니 /trades로 확인하세요. 운영자용 오류 번호: { $id }

# 데모 화면

demo-note = 실제 일별 시세를 재생하며 장중 경로는 보간한 값입니다. 뉴스는 데모용으로 작성했고 주문은 모의 체결입니다. 실제 돈은 오가지 않습니다.
demo-clock = 데스크 시각 { $time }, 실제보다 { $speed }배 빠름
