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
    [viewer] 조회 전용
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
    [asked] 점수 없음
   *[none] 관망
}
# 하지 않은 까닭, 또는 수량을 정한 한도: 엔진의 낱말이거나 사람이 쓴 글.
why = { $reason ->
    [risk] 거래당 위험 한도
    [risk_of_one_trade] 거래당 위험 한도
    [open_risk] 동시위험 한도
    [headroom] 동시위험 한도 여유
    [buying_power] 매수 가능 금액
    [exposure] 종목당 비중 한도
    [desk] 데스크가 정한 수량
    [spread] 스프레드가 너무 넓음
    [no_quote] 호가 지연으로 스프레드 확인 불가
    [price_age] 시세 지연
    [price_drift] 제안가 이탈 허용폭 초과
    [stop_passed] 현재가가 손절가 이하
    [target_passed] 현재가가 목표가 이상
    [daily_loss] 일일 손실 한도 도달
    [drawdown] 고점 대비 낙폭 한도 도달
    [active] 정상 운영 중
    [reducing] 청산만 허용 중
    [halted] 거래 중지 중
    [desk_reducing] 청산만 허용 중
    [desk_halted] 거래 중지 중
    [nothing_to_sell] 미보유 종목(공매도 안 함)
    [exit_signal] 보유 중인 거래에 대한 매도 신호
    [not_repeatable] 같은 봉에서 점수가 재현되지 않아 봉을 다시 불러오는 중
    [symbol_taken] 이미 보유·주문·제안 중
    [symbol_rests] 재진입 대기 중
    [outside_regular_hours] 주문 가능 시간 외
    [expired] 제때 주문되지 못해 승인 당시 시세가 더는 유효하지 않음
    [never_arrived] 주문이 브로커에 접수되지 않음
    [desk_away] 봇이 꺼져 있는 사이 유효 시간이 지남
    [truth_unknown] 브로커가 응답하지 않아 주문과 포지션을 알 수 없음, 확인되면 자동으로 재개
    [truth_contradicts] 진행 중인 거래의 주문이 브로커에 없음: 계좌가 맞는지 확인하세요. /resume 하면 계좌의 포지션을 기준으로 합니다
    [trade_fault] 봇 내부 오류로 처리하지 못하는 거래 있음(알림 참고), 처리되면 자동으로 재개
    [strategy_unusable] 전략을 사용할 수 없음: 파일을 고치고 봇을 재시작하세요 (/strategy에 줄 번호 표시)
    [other_strategy] 현재 적용 중인 전략이 아닌 다른 전략의 제안
    [order_refused] 브로커가 거부할 주문
    [not_filled] 제한 시간 내 지정가 미도달
    [no_price] 마지막 확인 시점에 유효한 시세 없음
    [last_entry] 마감 임박, 신규 진입 불가
    [corporate_action] 기업행사 예정
    [symbol_halted] 거래소가 해당 종목 거래를 정지함
    [oversold] 보유량보다 많이 매도됨
    [prices_stale] 유효한 시세 없음
    [clock_differs] 봇과 브로커의 시각 불일치
    [unexplained] 체결 내역 없이 보유 수량 변동
    [spin_off] 기업분할 가치 미산정으로 손절 주문이 없는 포지션 있음
    [database_went_back] 데이터베이스가 마지막으로 확인한 데스크 상태보다 오래되어 거래 중지 기록이 누락되었을 수 있음: 주문과 포지션을 확인한 뒤 /resume 하세요
    [database_replaced] 봇 실행 중 데이터베이스가 삭제되거나 교체됨: 주문과 포지션을 확인한 뒤 /resume 하세요
    [memory_unreadable] 마지막으로 저장한 데스크 상태를 읽을 수 없음: 주문과 포지션을 확인한 뒤 /resume 하세요
    [for_news] 뉴스
    [for_earnings] 실적 발표 예정
    [for_chart] 차트가 맞지 않음
    [for_risk] 위험이 너무 큼
    [for_market] 시장 상황
    [for_data] 시세·데이터 이상
    [for_absence] 지켜볼 사람이 없음
    [for_mistake] 실수
    [none] 사유 없음
   *[other] { $reason }
}
why-with-words = { $why }: { $words }
why-lasting = { $reason ->
    [prices_stale] { $span } 동안 유효한 시세 없음
   *[clock_differs] 봇과 브로커의 시각이 { $span } 차이 남
}
# 큰 단위 둘까지 쓰는 시간. 분을 두 자리로 쓰는 $padded는 영어에만 쓰인다.
duration = { $days ->
    [0] { $hours ->
        [0] { $minutes ->
            [0] { $seconds }초
           *[other] { $minutes }분{ $seconds ->
                [0] { "" }
               *[other] { "" } { $seconds }초
            }
        }
       *[other] { $hours }시간{ $minutes ->
            [0] { "" }
           *[other] { "" } { $padded ->
               *[other] { $minutes }분
            }
        }
    }
   *[other] { $days }일{ $hours ->
        [0] { "" }
       *[other] { "" } { $hours }시간
    }
}
# 규칙이 본 값과 한도.
rule-broken = { $rule ->
    [solvency] 순자산 없음({ $figure })
    [daily_loss] 오늘 손실 { $figure }(당일 시작 순자산 대비), 한도 { $limit }
    [drawdown] 고점 대비 낙폭 { $figure }, 한도 { $limit }
    [losing_streak] 연속 손실 { $figure }회, { $limit }회부터 거래 중단
    [stop_cooldown] 손절 후 { $figure } 경과, { $limit } 동안 재진입 금지
    [trades_a_day] 오늘 { $figure }번째 거래, 하루 한도 { $limit }건
    [open_positions] 매수하면 보유 종목 { $figure }개, 한도 { $limit }개
    [risk] 거래당 위험 한도로 1주도 매수 불가
    [headroom] 남은 동시위험 한도로는 1주도 매수 불가
    [desk] 데스크가 정한 수량이 0주
    [corporate_action] 기업행사 예정
    [risk_of_one_trade] 이 거래의 위험 { $figure }, 한도 { $limit }
    [open_risk] 매수하면 총 위험 최대 { $figure }, 한도 { $limit }
    [buying_power] { $unit ->
        [shares] 매수 가능 금액으로는 1주도 매수 불가
       *[other] 매수 금액 { $figure }, 매수 가능 금액 { $limit }
    }
    [exposure] { $unit ->
        [shares] 종목당 비중 한도로 1주도 매수 불가
       *[other] 종목 비중 { $figure }, 한도 { $limit }
    }
    [overnight_risk] 오버나이트 위험 { $figure }, 한도 { $limit }
    [overnight_unknown] 오버나이트 위험 산정 불가: 일봉 60일 미만 종목 { $figure }개
    [earnings] 실적 발표까지 { $figure }거래일, { $limit }거래일 이내 진입 금지
    [earnings_unknown] 실적 발표일 파일을 읽을 수 없음
    [not_tradable] 이 브로커에서 거래할 수 없는 종목
    [min_price] 주가 { $figure }, 최저 { $limit }
    [min_volume] 오늘 거래량 { $figure }, 최소 { $limit }
    [spread] 스프레드 { $figure }, 한도 { $limit }
    [no_quote] 스프레드 확인 불가: 마지막 호가 후 { $figure } 경과, 한도 { $limit }
    [price_age] 마지막 시세 후 { $figure } 경과, 한도 { $limit }
    [price_drift] 제안가 대비 { $figure } 이탈, 한도 { $limit }
    [stop_passed] 현재가 { $limit }, 손절가 { $figure } 이하
    [target_passed] 현재가 { $limit }, 목표가 { $figure } 이상
   *[other] { $rule }: { $figure }, 한도 { $limit }
}
source = { $source ->
    [replay] 시가·종가·거래량은 실제 기록, 장중 가격은 생성한 값, 모의 브로커
    [alpaca-iex] 단일 거래소 실시간 시세(IEX, Alpaca)
    [alpaca-sip] 전체 거래소 실시간 시세(SIP, Alpaca)
   *[other] 시세: { $source }
}
quantity = { $unit ->
    [shares] { $figure }주
    [basis_points] { $figure }bp
    [days] { $figure }일
   *[other] { $figure }
}
date-time = { $day } { $time }

## 점수

score = *점수 { $score }* · { strength }: 기술 { $technical }, 뉴스 { $news }
score-strategy = 전략 { $name } ({ $fingerprint })
score-code = 전략 코드 → { $points }
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
    [busy] Claude가 다른 뉴스를 처리 중
    [key] Claude API 키 거부됨
    [request] Claude 요청 거부됨(모델 이름 확인)
    [outage] Claude 응답 없음
    [answer] Claude 답변 검증 실패
    [unread] 아직 읽지 않음
    [workers] 채점 중 워커 비정상 종료
   *[other] { $detail }
}
scorer = { $scorer ->
    [keywords] 키워드 채점
    [claude] Claude 채점
    [mixed] 키워드와 Claude 채점
    [none] 채점 없음
   *[other] { $scorer }
}
score-finding = • { $points } “{ $headline }”{ $reason ->
    [none] { "" }
   *[other] { "" } ({ $reason })
} · { $age ->
    [none] 방금
   *[other] { $age } 전
}

## 제안

proposal-title = { $state ->
    [proposed] { $symbol } { $shares }주 { $price } 매수?
   *[other] { $symbol } { $shares }주, { $price }: { state }
}
# 잠금 화면에 보이는 줄: 110자 이내.
proposal-lead = { $title } 위험 { $dollars } ({ $percent }), 손절가 { $stop }, 목표가 { $target }, { $time } 만료
proposal-risk = *위험* { $dollars } ({ $percent }) · *금액* { $cost }
proposal-exits = *손절가* { $stop } · *목표가* { $target }{ $ratio ->
    [none] { "" }
   *[other] { "" } · { $ratio }R
}
proposal-open-risk = *총 위험* { $before } → { $after } / 한도 { $ceiling }
proposal-risk-then = *제안 당시 총 위험* { $before } → { $after }
proposal-result = *손익* { $result }{ $part ->
    [none] { "" }
   *[other] { "" } ({ $part })
}
proposal-why = 근거: 점수 { $score }, { strength }
proposal-why-asked = 근거: { source-word }
proposal-origin = { $source ->
    [desk] *직접 제안* { actor }
    [webhook] *웹훅 제안* “{ $name }”
   *[mcp] *에이전트 제안* “{ $name }”
}{ $note ->
    [none] { "" }
   *[other] : { $note }
}
proposal-limit-asked = *지정가* { $limit } 이하, 당일만 유효. 일부만 체결되면 체결분에 손절·익절을 걸고 나머지는 취소합니다. 장 마감까지 체결되지 않은 수량은 취소됩니다.{ $hours ->
    [extended] { " " }시간외에는 손절·익절 주문이 체결 후에 나가며 정규장에서만 체결됩니다.
   *[regular] { "" }
}
source-word = { $source ->
    [desk] 직접 제안
    [webhook] 웹훅
    [mcp] 에이전트(MCP)
   *[strategy] 전략
}
score-unscored = 점수 없음: 직접 또는 외부에서 낸 제안이라 전략이 평가하지 않았습니다. 수량, 한도, 규칙은 데스크 기준을 따릅니다.
# /buy 뒤에 쓰는 낱말과 그것이 뜻하는 항목.
buy-names = 지정가=limit 수량=size 손절=stop 손절가=stop 익절=target 익절가=target 목표=target 목표가=target 사유=reason 이유=reason 위험=unit 순자산=unit 순자산의=unit 주=unit 달러=unit
proposed-by-hand = 제안: { $symbol } { $shares }주 매수, 가격 { $price }, 손절가 { $stop }, 목표가 { $target }. 위험 { $dollars } (순자산의 { $percent }).
proposed-by-hand-next = 카드가 데스크 채널에 올라갑니다. 승인 전에는 매수하지 않으며, 2인 승인을 쓰는 데스크에서는 본인이 승인할 수 없습니다.
proposal-distances = *손절가* { $stop } · *목표가* { $target }{ $day ->
    [none] { "" }
   *[other] { "" } · *전일 대비* { $day }
}
proposal-overnight = { $after ->
    [none] *오버나이트 위험* 산정 불가 (일봉 60일 미만)
   *[other] *오버나이트 위험* { $before } → { $after } (야간 변동 하위 1% 기준)
}
sizing-sum = *수량* { $equity } × { $part } ÷ ({ $entry } − { $stop }) = { $unrounded } → { shares }
sizing-cap = *제한 요인* { why }
sizing-resized = *수량 변경* { $planned } → { shares }
proposal-limit = *시간외* 지정가 주문: 주당 최대 { $limit }. 손절·익절 주문은 체결 후에 나가며 정규장에서만 체결됩니다.
proposal-halted = ⛔ *거래소 거래 정지* { $since }부터: { $why }. { $state ->
    [proposed] 거래가 재개되면 승인할 수 있습니다.
    [open] { $exits ->
        [stop] 손절 주문은 브로커에 그대로 유지됩니다.
       *[both] 손절·익절 주문은 브로커에 그대로 유지됩니다.
    }
   *[other] 재개될 때까지 주문이 대기합니다.
}
proposal-earnings = 📅 *실적 발표* { $near }
proposal-expires = *만료* { $time }
trade-id = 거래ID { $id }
button-approve = 승인
button-resize = 수량 변경
button-reject = 거절
button-inspect = 상세
button-close-symbol = { $symbol } 청산
button-close = 청산
button-move = 변경
button-move-stop = 손절가 변경
button-move-target = 목표가 변경
button-keep = 계속 보유
label-approve = 승인: { $symbol } { $shares }주 { $price }에 매수
label-resize = 수량 변경: { $symbol }, 현재 { $shares }주
label-reject = 거절: { $symbol } 매수 안 함
label-inspect = 상세: { $symbol }
label-close = 청산: { $symbol } { $shares }주 시장가 매도
label-move = { $symbol } { $exit ->
    [target] 목표가
   *[stop] 손절가
} 변경, 현재 { $price }
label-keep = 계속 보유: { $symbol }
confirm-close = { $symbol } 청산할까요?
confirm-close-text = { shares }를 시장가로 매도합니다. 장이 닫혀 있으면 주문은 개장까지 대기합니다.

## 거래의 흐름

approver = { $standing ->
    [yes] 사전 승인 { $by }
   *[no] { actor }
}
decided = { $state ->
    [rejected] 거절: { actor }, { $time }. 주문은 나가지 않았습니다.
    [expired] { $time } 만료 (미승인). 주문은 나가지 않았습니다.
    [refused] 자동 거부: { $time }. 주문은 나가지 않았습니다.
    [cancelled] 승인 후 취소 (승인: { approver }).
    [failed] 브로커가 주문을 거부했습니다 (승인: { approver }).
   *[approved] { $by ->
        [engine] 자동 승인, { $time }.
       *[other] 승인: { approver }, { $time }.
    }
}
approval-changed = 제안 { $before }주 { $shown } → 승인 { $after }주 { $price }: { $reason ->
    [desk] 허용 범위 내 가격 변동, 수량 동일
    [risk] { $moved ->
        [yes] 허용 범위 내 가격 변동, 거래당 위험 한도에 맞춰 수량 조정
       *[no] 순자산 변동, 거래당 위험 한도에 맞춰 수량 조정
    }
   *[other] { why }에 맞춰 수량 조정
}
three-prices = *제안가* { $proposed } · *승인가* { $approved } · *체결가* { $filled }
slippage = *슬리피지* { $proposed_side ->
    [none] 제안가 대비 없음
    [better] 제안가보다 { $proposed } 유리
   *[worse] 제안가보다 { $proposed } 불리
}, { $approved_side ->
    [none] 승인가 대비 없음
    [better] 승인가보다 { $approved } 유리
   *[worse] 승인가보다 { $approved } 불리
}
because = 사유: { $why }
resized = { $by ->
    [none] 수량 변경: { $symbol } { shares }, 금액 { $cost }, 위험 { $dollars } ({ $percent }).
   *[other] 수량 변경 ({ actor }): { $symbol } { shares }, 금액 { $cost }, 위험 { $dollars } ({ $percent }).
}
first-approved = *1차 승인: { actor }*. 다른 트레이더의 승인도 필요합니다.
second-asked = 1차 승인 ({ actor }): { $symbol } { $shares }주 매수. 다른 트레이더의 승인도 필요합니다.
second-asked-how = 카드의 승인 버튼을 누르세요. 그 전에는 주문이 나가지 않으며, 거절하면 제안이 취소됩니다.
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
target-set = { $symbol } 손절·익절 주문 설정: 목표가 { $target } ({ $target_change }), 손절가 { $stop } ({ $stop_change }).
exit-asked = { $score ->
    [none] { $symbol } 청산할까요? { shares } 보유 중 매도 신호가 나왔습니다.
   *[other] { $symbol } 청산할까요? { shares } 보유 중 매도 신호({ $score })가 나왔습니다.
}
exit-asked-plan = 진입가 { $entry } · 손절가 { $stop } · 목표가 { $target }
exit-asked-over = { $symbol }: 더 결정할 내용이 없습니다. 현재 상태: { state }.
closing = { $by ->
    [engine] { $reason ->
        [desk] { $symbol } 청산 중 (전량 매도)
       *[other] { $symbol } 청산 중 ({ fact-exit })
    }
    [none] { $symbol } 청산 중
   *[other] { $symbol } 청산 중 (지시: { actor })
}: { shares } 시장가 매도. { exits-over }
exits-over = { $exits ->
    [stop] 손절 주문을 취소하고 있습니다.
   *[both] 손절·익절 주문을 취소하고 있습니다.
}
sale-broker-away = ⚠️ 브로커에 연결할 수 없습니다. 연결되는 대로 봇이 매도 주문을 냅니다.
sale-waits = { $at ->
    [none] ⏳ 거래소의 거래 정지가 풀릴 때까지 매도 주문이 대기합니다.
   *[other] ⏳ 정규장 외 시간이므로 매도 주문은 개장까지 대기합니다: { $at }.
}
time-exit = { $reason ->
    [overnight] 🌙 { $symbol } { shares } 마감 전 시장가 매도: 오버나이트로 보유하지 않습니다.
    [before_close] 🌙 { $symbol } { shares } 시장가 매도: 마감 전에 전량 청산합니다.
   *[longest_hold] ⏳ { $symbol } { shares } 시장가 매도: 최대 보유 기간에 도달했습니다.
}
exit-kept = { $symbol } 보유 유지: { actor }. { $exits ->
    [stop] 손절 주문은 유지됩니다.
   *[both] 손절·익절 주문은 유지됩니다.
}
closed =
    { $exit ->
        [stop] 🛑 청산 완료: 손절가 도달
        [target] 🎯 청산 완료: 목표가 도달
        [desk] { $by ->
            [none] 🏁 청산 완료: 데스크 지시
           *[other] 🏁 청산 완료: { actor } 지시
        }
        [signal] 🏁 청산 완료: 매도 신호
        [corporate_action] 🏁 청산 완료: 기업행사
        [overnight] 🌙 청산 완료: 오버나이트 보유 안 함
        [before_close] 🌙 청산 완료: 마감 전 전량 청산
        [longest_hold] ⏳ 청산 완료: 최대 보유 기간 도달
       *[none] 🏁 청산 완료
    }
    📊 { $symbol } SELL { shares }
    💵 손익: { $result }{ $part ->
        [none] { "" }
       *[other] { " · " }{ $part }
    }{ $multiple ->
        [none] { "" }
       *[other] { " · " }{ $multiple }
    }
    💰 청산가: { $price } (진입가 { $entry })
    ⏱ 보유 시간: { $held ->
        [none] { unknown }
       *[other] { $held }
    }
    🆔 거래ID: { $id }
unprotected = ⚠️ { $symbol }: { shares }에 유효한 손절 주문이 없어 봇이 { $stop }에 새로 냈습니다. 브로커에서 확인하세요.
unprotected-still = ⛔ { $symbol }: { shares }에 유효한 손절 주문이 없고 브로커가 새 주문을 거부했습니다: { $trouble }. 지금 바로 브로커에서 청산하거나 손절 주문을 내세요.
unprotected-closing = ⚠️ { $symbol }: { shares }에 유효한 손절 주문이 없습니다. 이미 청산 중이니 브로커에서 따로 매도하지 마세요.
unprotected-over = ℹ️ { $symbol }: 한동안 유효한 손절 주문이 없었습니다. 지금은 거래가 종료되어 조치할 것이 없습니다.
sale-rejected = ⛔ { $symbol }: 브로커가 { shares } 매도 주문을 거부했습니다: { $trouble }. 손절 주문도 남아 있지 않습니다. 봇이 계속 시도하며, 급하면 브로커에서 직접 매도하세요.
no-reason = 사유 없음
rejected-later = 브로커가 매도 주문을 접수한 뒤 거부함
sold-after-ours = 봇 보유분의 매도가 끝나야 청산할 수 있음
unprotected-on-hold = ⛔ { $symbol }: { shares }에 유효한 손절 주문이 없습니다. 브로커의 보유 수량이 바뀐 이유가 확인될 때까지 봇은 새 주문을 내지 않습니다. 브로커에서 포지션을 확인하고 손절 주문을 내세요. 브로커의 수량이 맞으면 관리자가 /resume을 입력하세요.
sold-by-hand = ⚠️ { $symbol }: { $gone ->
    [none] 일부 수량이
   *[other] { $gone }주가
} 봇 외부에서 { $known ->
    [exact] { $price }에 매도되었습니다.
    [estimate] 매도되어 약 { $price }로 기록합니다(추정: 체결 내역 없음).
   *[none] 매도되어 최근가 기준으로 기록합니다.
}
stop-by-hand = ✋ { $symbol }: 브로커에서 직접 낸 손절 주문({ $shares }주, 손절가 { $price })이 봇의 손절 주문을 대신합니다.
stop-by-hand-then = { $rest ->
    [none] 이 주문이 살아 있는 동안 봇은 손절가를 옮기지 않으며 익절 주문도 브로커에 없습니다. 위험은 이 가격과 계획 손절가 { $planned } 중 낮은 쪽으로 계산합니다. 이 주문을 취소하면 봇이 { $planned }에 손절 주문을 다시 냅니다.
   *[other] 나머지 { $rest }주는 봇의 손절 주문이 보호합니다. 위험은 두 가격 중 낮은 쪽으로 계산합니다.
}
sold-by-hand-left = 현재 보유: { shares }.

## 봇 밖에서 바뀐 것

oversold = 🚨 { $symbol }: 보유량보다 많이 매도되었습니다. { $cause ->
    [both_exits] 손절과 익절이 모두 체결되었습니다.
    [by_hand] 이미 수동으로 매도한 주식을 봇이 다시 매도했습니다.
    [late_fill] 청산 주문이 뒤늦게 체결되었습니다.
   *[unknown] 원인은 확인되지 않았습니다.
} { $shares ->
    [none] 계좌가 공매도 상태입니다.
   *[other] 계좌가 { $shares }주 공매도 상태입니다.
}
oversold-then = { $asks ->
    [yes] 데스크는 청산만 허용합니다. COVER_SHORTS가 꺼져 있어 자동으로 환매수하지 않습니다. 환매수하려면 /close { $symbol } 명령을 입력하세요.
   *[no] 데스크는 청산만 허용합니다. 봇이 정규장에 시장가로 환매수하며, 데스크가 중지된 동안에도 환매수합니다. 거래소가 { $symbol } 거래를 정지했으면 재개된 뒤 환매수합니다.
}
covering = { $shares ->
    [none] 🔁 { $symbol }: 초과 매도분을 시장가로 환매수 중입니다.
   *[other] 🔁 { $symbol }: { $shares }주를 시장가로 환매수 중입니다.
}
cover-refused = ⛔ { $symbol }: 브로커가 { $shares }주 환매수 주문을 거부했습니다: { $trouble }. 계좌는 아직 공매도 상태입니다. 봇이 계속 시도하며, 급하면 브로커에서 직접 환매수하세요.
cover-refused-over = ℹ️ { $symbol }: 한동안 브로커가 초과 매도분의 환매수를 거부했습니다. 지금은 공매도 상태가 해소되어 조치할 것이 없습니다.
exit-moved = { $after ->
    [none] ✋ { $symbol }: { $exit ->
        [target] 목표가
       *[stop] 손절가
    }가 브로커에서 수동으로 변경되었습니다. 봇은 이 가격을 그대로 유지합니다.
   *[other] ✋ { $symbol }: { $exit ->
        [target] 목표가
       *[stop] 손절가
    }가 브로커에서 수동으로 변경되었습니다: { $before } → { $after }. 봇은 이 가격을 그대로 유지합니다.
}
exit-moved-risk = *위험* 순자산의 { $before } → { $after }
entry-changed = ✋ { $symbol }: 매수 주문이 브로커에서 수동으로 변경되었습니다: { $before } → { $after }. 봇은 변경된 주문을 그대로 유지합니다.
entry-terms = { $shares }주{ $limit ->
    [none] {" "}시장가
   *[other] {" "}지정가 { $limit }
}
exit-changed = ✋ { $symbol }: { $exit ->
    [target] 목표가
   *[stop] 손절가
} { $before } → { $after } (변경: { actor })
exit-not-moved = ⚠️ { $symbol }: { $exit ->
    [target] 목표가를 { $wanted }로 변경하지 못했습니다. 현재 목표가는 { $stands }입니다.
   *[stop] 손절가를 { $wanted }로 변경하지 못했습니다. 현재 손절가는 { $stands }입니다.
} { $trouble ->
    [none] 브로커가 5분 동안 확인하지 않았습니다.
    [too-loose] 손절가를 낮추려면 데스크가 운영 중이고 위험 한도에 여유가 있어야 하는데, 지금은 그렇지 않습니다. 조건이 갖춰지면 /stop으로 다시 시도하세요.
   *[other] 브로커 거부 사유: { $trouble }
}
exit-not-moved-by-hand = ⚠️ { $symbol }: 브로커에서 직접 낸 손절 주문이 이 수량을 잡고 있어 { $exit ->
    [target] 익절 주문을 { $wanted }에 낼 수 없습니다. 그 주문을 취소하면 봇이 손절·익절 주문을 다시 냅니다. 지금 매도하려면 /close를 쓰세요.
   *[stop] 손절가를 { $wanted }로 옮기지 않았습니다. 그 주문을 브로커에서 옮기거나 취소하세요. 취소하면 봇이 손절 주문을 다시 냅니다.
}
part-sold = 🎯 { $symbol }: 목표가에서 { $bought }주 중 { $shares }주 매도, { $price } ({ $gain }). { $trails ->
    [yes] 나머지 { $left }주는 손절가가 가격을 따라갑니다. 현재 손절가 { $stop }.
   *[no] 나머지 { $left }주의 손절가는 { $stop }에 유지됩니다.
}
stop-sold = 🛑 { $symbol }: 손절 주문으로 { $shares }주 매도, { $price }{ $gain ->
    [none] .
   *[other] {""} ({ $gain }).
} { $left ->
    [0] 남은 수량이 없습니다.
   *[other] 나머지 { $left }주의 손절가는 { $stop }입니다.
}
part-sold-before = 일부는 목표가에서 먼저 매도했습니다. 청산가는 평균가입니다.
target-part-sold = { $price } (일부 매도됨)
stop-trailed = 📈 { $symbol }: 손절가가 가격을 따라 올라 현재 { $stop }입니다 (진입가 대비 { $change }).
trail-set = ✋ 변경: { actor }
trail-on = { $symbol }: { $rule }. 현재 손절가 { $stop }. 봉이 마감될 때마다 위로만 움직입니다.
trail-off = { $symbol }: 손절가가 더 이상 가격을 따라가지 않습니다. { $stop }에 유지됩니다.
exit-set = { $symbol }: { $exit ->
    [target] 목표가
   *[stop] 손절가
} { $before } → { $after }
exit-on-its-way = ⏳ { $symbol }: { $exit ->
    [target] 목표가
   *[stop] 손절가
} { $before } → { $after } 변경 중입니다. 브로커가 아직 확인하지 않았으며, 확인될 때까지 기존 가격({ $before })이 유효합니다. 결과는 거래 스레드에 올라옵니다.
exit-risk = *위험* { $before } → { $after }
exit-risk-figure = { $dollars } ({ $percent })
exit-trail-ended = 손절가가 더 이상 자동으로 움직이지 않습니다. 가격을 따라가게 하려면 /trail을 입력하세요.
exit-stands = *{ $symbol }* { shares }, 진입가 { $entry }: 손절가 { $stop }, 목표가 { $target }
exit-stands-risk = *현재 위험* { $risk }. 손절가 1달러 변동 시 { $each } 증감.
exit-rules = *청산 규칙* { $rules }
exit-rule-trail = 최고 종가 대비 { $part } 아래 트레일링 스톱
exit-rule-atr = 최고 종가 대비 { $ranges } ATR 아래 트레일링 스톱
exit-rule-breakeven = { $multiple }R 도달 시 본전 손절
exit-rule-bars = { $bars }봉 후 매도
exit-rule-partial = { $sold ->
    [yes] 목표가에서 { $bought }주 중 { $shares }주 매도 완료, 나머지 보유
   *[no] 목표가에서 { $bought }주 중 { $shares }주 매도, 나머지 보유
}
exit-rule-partial-whole = 주식 수가 적어 나누지 않고 목표가에서 전량 매도
exit-rule-moving = ⏳ { $exit ->
    [target] 목표가
   *[stop] 손절가
}를 { $price }로 변경 중
exit-senseless = { $market ->
    [none] ⛔ { $symbol }: { $exit ->
        [target] 익절
       *[stop] 손절
    } 주문을 내지 않았습니다. 현재 시세에 맞지 않는 가격입니다.
   *[other] { $exit ->
        [target] ⛔ { $symbol }: 익절 주문 { $price }, 시세({ $market })보다 낮아 내지 않았습니다.
       *[stop] ⛔ { $symbol }: 손절 주문 { $price }, 시세({ $market })보다 높아 내지 않았습니다.
    }
}
exit-senseless-then = { $exit ->
    [target] 브로커에서 직접 설정하거나
   *[stop] /stop { $symbol } 명령으로 변경하거나
} 청산하세요: 청산 버튼 또는 /close { $symbol }.
no-stop = 🚨 { $symbol }: { shares }에 손절 주문이 없습니다. 시세({ $market })가 이미 손절가 { $price } 이하라 주문을 내지 않았습니다.
no-stop-then = 지금 매도하려면 청산 버튼을 누르거나 /close { $symbol } 명령을 입력하세요. 계속 보유하려면 브로커에서 더 낮은 손절 주문을 직접 내세요. 시세가 { $price } 위로 올라오면 봇이 손절 주문을 자동으로 냅니다. 직접 낸 주문은 그때 취소하세요.
corporate-action = { $kind ->
    [split] { $new ->
        [none] 주식분할·병합
       *[other] 주식분할({ $old }주 → { $new }주)
    }
    [reverse_split] 주식병합({ $old }주 → { $new }주)
    [rename] { $new_symbol ->
        [none] 종목 코드 변경
       *[other] 종목 코드 변경({ $new_symbol })
    }
    [spin_off] { $new_symbol ->
        [none] { $new ->
            [none] 기업분할
           *[other] 기업분할({ $old }주당 { $new }주)
        }
       *[other] { $new ->
            [none] 기업분할({ $new_symbol })
           *[other] 기업분할({ $old }주당 { $new_symbol } { $new }주)
        }
    }
    [merger] { $new_symbol ->
        [none] { $cash ->
            [none] 합병
           *[other] 합병(주당 { $cash })
        }
       *[other] { $cash ->
            [none] 합병({ $old }주당 { $new_symbol } { $new }주)
           *[other] 합병({ $old }주당 { $new_symbol } { $new }주, 주당 { $cash })
        }
    }
    [removal] 상장폐지
   *[none] 기업행사
}
action-due = { $date ->
    [none] 📅 { $symbol }: { $action } 예정.
   *[other] 📅 { $symbol }: { $action }, 권리락일 { $date }.
}
action-due-then = { $kind ->
    [split] 완료될 때까지 { $symbol } 신규 진입을 멈춥니다. 수량, 진입가, 손절가, 목표가를 같은 비율로 조정하며, 주문은 조정된 가격으로만 냅니다.
    [rename] 완료될 때까지 { $symbol } 신규 진입을 멈춥니다. 손절·익절 주문은 새 종목 코드에서 같은 가격으로 이어집니다.
    [spin_off] 완료될 때까지 { $symbol } 신규 진입을 멈춥니다. 분할되는 만큼 주가가 내려가므로 개장 전에 손절·익절 주문을 취소합니다. 두 종목이 모두 거래되면 남은 가치 비율로 진입가, 손절가, 목표가를 조정하며, 보통 개장 후 몇 분 안에 끝납니다. 그때까지는 손절 주문이 없습니다. 이를 피하려면 장 마감 전에 청산하세요.
    [merger] 완료될 때까지 { $symbol } 신규 진입을 멈춥니다. 손절·익절 주문은 기존 주식과 함께 소멸합니다.
    [removal] 완료될 때까지 { $symbol } 신규 진입을 멈춥니다. 손절·익절 주문은 주식과 함께 소멸합니다. 거래 가능할 때 청산하세요.
   *[none] 완료될 때까지 { $symbol } 신규 진입을 멈춥니다. 이전 가격으로는 주문을 내지 않습니다. 브로커에서 손절·익절 주문을 확인하세요.
}
restated = 🔁 { $symbol }: 기업행사 반영, { $action }.
restated-line = { $what ->
    [shares] *수량*
    [short] *공매도*
    [stop] *손절가*
    [target] *목표가*
   *[symbol] *종목*
} { $before } → { $after }
restated-spun-off = { $shares ->
    [none] 분할로 받은 주식은 이 거래에 포함하지 않습니다.
    [0] *거래 외* { $new_symbol } 1주 미만, 취득원가 { $cost }
   *[other] *거래 외* { $new_symbol } { $shares }주, 취득원가 { $cost }
}
spin-off-waits = 🚨 { $symbol }: 손절 주문 없음. { $action } 가치를 아직 산정할 수 없어 이전 가격으로는 주문을 내지 않습니다.
action-late = { $by ->
    [account] 🚨 { $symbol }: { shares }에 손절 주문이 없습니다. 계좌 내역에 { $action } 기록이 있지만 보유 포지션과 맞춰 볼 수 없어 이전 가격으로는 주문을 내지 않습니다.
   *[calendar] 🚨 { $symbol }: { shares }에 손절 주문이 없습니다. { $action } 적용일이 되었지만 브로커에 아직 반영되지 않아 이전 가격으로는 주문을 내지 않습니다.
}
action-late-then = { $by ->
    [account] 포지션이 바뀌지 않는 한 손절 주문은 자동으로 되살아나지 않습니다. 브로커에 확인하고 브로커에서 손절 주문을 직접 걸어 두세요. 매도하려면 청산 버튼을 누르거나 /close { $symbol } 명령을 입력하세요. 현재 브로커에 보이는 수량만 매도됩니다.
   *[calendar] 브로커에 반영되는 대로 봇이 자동으로 이어서 처리합니다. 시행되지 않은 것으로 확인되면 개장 15분 뒤 이전 손절 주문을 되살립니다. 그때까지 시세를 지켜보세요. 지금 매도하려면 청산 버튼을 누르거나 /close { $symbol } 명령을 입력하세요. 현재 브로커에 보이는 수량만 매도됩니다.
}
spin-off-missing = { $missing ->
    [child] 분할 신설 종목이 아직 확인되지 않았습니다.
    [rate] 분할 비율이 아직 확인되지 않았습니다.
    [price] { $symbol ->
        [none] 두 종목 중 하나의 유효한 시세가 아직 없습니다.
       *[other] { $symbol }의 유효한 시세가 아직 없습니다.
    }
   *[none] 분할 내용이 아직 확인되지 않았습니다.
}
spin-off-waits-then = 확인되는 대로 봇이 이어서 처리하며, 그때까지 데스크는 청산만 허용합니다. 지금 청산하려면 청산 버튼을 누르거나 /close { $symbol } 명령을 입력하세요. 손익은 분할 가치가 산정된 뒤 기록합니다.
restated-kept = 이로 인한 손익은 없습니다. 거래ID: { $id }
restated-trade = *기업행사 반영*: 매수 { shares }{ $cash ->
    [none] { "" }
   *[other] { "" }, 이전 손익·단주 대금 { $cash }
}
stop-live = *현재 손절가* { $live } (계획 { $planned })
trade-short = 🚨 *공매도* { shares }: 보유량보다 많이 매도됨
cash-in-lieu = { $dollars ->
    [none] 💵 { $symbol }: 단주 대금이 입금되어 거래 손익에 반영했습니다.
   *[other] { $spun_off ->
        [none] 💵 { $symbol }: 단주 대금 { $dollars }, 거래 손익에 반영했습니다.
       *[other] 💵 { $symbol }: 분할된 { $spun_off }의 단주 대금 { $dollars }. 이 거래의 손익에는 포함하지 않습니다.
    }
}
unexplained = { $now ->
    [none] 🚨 { $symbol }: 계좌 보유 수량이 변동되었으나 해당 체결 내역이 없습니다.
   *[other] { $before ->
        [none] 🚨 { $symbol }: 계좌 보유 수량이 { $now }주로 변동되었으나 해당 체결 내역이 없습니다.
       *[other] 🚨 { $symbol }: 계좌 보유 수량이 변동되었으나({ $before }주 → { $now }주) 해당 체결 내역이 없습니다.
    }
}
unexplained-price = *시세* { $before } → { $now }
unexplained-then = { $symbol } 주문과 기록을 보류하며, 데스크는 청산만 허용합니다. 브로커에서 포지션을 확인하세요. 수량이 맞으면 관리자가 /resume을 입력하세요.
adopted = ⚠️ { $symbol }: 데이터베이스에 없던 봇의 주문을 확인해 거래로 등록했습니다: { shares }, { $price }, 손절가 { $stop }. 거래ID: { $id }
adopted-position = 다른 곳에서 매수한 { $symbol } 보유분을 { $by } 님이 봇 거래로 등록했습니다: { shares }, { $price }, 손절가 { $stop }, 목표가 { $target }. 거래ID: { $id }
adopted-answer = { $symbol }: { shares }를 봇 거래로 등록했습니다. 손절가 { $stop }, 목표가 { $target }. 거래ID: { $id }
graded = { $by } 님이 { $symbol } 매매 과정을 평가했습니다: { grade-word }
grade-word = { $grade ->
    [good] 좋음
   *[poor] 나쁨
}
trade-grade = *매매 과정* { grade-word } ({ $by })
button-grade = { $grade ->
    [good] 과정 좋음
   *[poor] 과정 나쁨
}
label-grade = { $grade ->
    [good] 결과와 별개로 { $symbol } 매매 과정을 좋음으로 평가
   *[poor] 결과와 별개로 { $symbol } 매매 과정을 나쁨으로 평가
}
journal-report-title = 📝 매매일지: 청산 { $closed }건
journal-dates = { $first } ~ { $last }, 뉴욕 기준
journal-simulated = 받아들이지 않은 제안은 백테스트 규칙에 따른 시뮬레이션 결과이며 수수료 차감 전입니다.
journal-nothing = 이 기간에 청산, 거절, 평가된 거래가 아직 없습니다.
journal-lesson-deserved = ⭐ 좋은 과정, 수익 { $count }건: 이대로 계속하세요.
journal-lesson-unlucky = 👍 좋은 과정, 손실 { $count }건: 매매에 따르는 비용입니다. 바꿀 것이 없습니다.
journal-lesson-lucky = 💡 나쁜 과정, 수익 { $count }건: 운이 좋았을 뿐입니다. 되풀이하지 마세요.
journal-lesson-earned = 🔍 나쁜 과정, 손실 { $count }건: 여기서 배우세요.
journal-lesson-left = { $side ->
    [missed] ⚠️ 받아들이지 않은 제안 { $count }건: { $dollars } 수익을 놓쳤습니다.
   *[saved] ✅ 받아들이지 않은 제안 { $count }건: { $dollars } 손실을 피했습니다.
}
journal-lesson-ungraded = ❓ 평가하지 않은 거래 { $count }건: 카드에서 두 번만 누르면 됩니다.
journal-process = *과정과 결과*
journal-process-line = • { $grade ->
    [good] 좋은 과정
    [poor] 나쁜 과정
   *[none] 평가 없음
}: 수익 { $won }건{ $won_result ->
    [none] { "" }
   *[other] { "" } ({ $won_result })
} · 손실 { $lost }건{ $lost_result ->
    [none] { "" }
   *[other] { "" } ({ $lost_result })
}{ $flat ->
    [0] { "" }
   *[other] { "" } · 본전 { $flat }건
}
journal-reasons = *사유*
journal-other-reason = 기타 또는 없음
journal-reason-line = • { $act ->
    [reject] 거절
   *[close] 청산
}, { $why }: { $count }건 { $known ->
    [0] (결과 미정)
   *[other] { $act ->
        [reject] 받아들였다면 { $result }
       *[close] { $result }
    }
}
journal-not-taken = *받아들이지 않은 제안* (시뮬레이션)
journal-notes = *메모*
journal-title = *매매일지*
journal-grade = 과정 { grade-word }: { $count }건{ $mean ->
    [none] { "" }
   *[other] { "" }, 평균 { $mean }
}
journal-ungraded = 평가 안 함: { $count }건
journal-missed = 받아들이지 않은 제안 { $count }건의 가상 손익: { $dollars }
journal-note = • { $symbol } { $by }: { $text }
journal-more = … 외 메모 { $count }건
filled-late = { $price ->
    [none] ⚠️ { $symbol }: 종료 처리했던 매수 주문이 뒤늦게 체결되었습니다. 보유 중이며 손절가는 { $stop }입니다. 거래ID: { $id }
   *[other] { $shares ->
        [none] ⚠️ { $symbol }: 종료 처리했던 매수 주문이 뒤늦게 { $price }에 체결되었습니다. 보유 중이며 손절가는 { $stop }입니다. 거래ID: { $id }
       *[other] ⚠️ { $symbol }: 종료 처리했던 매수 주문이 뒤늦게 체결되었습니다: { $shares }주, { $price }. 보유 중이며 손절가는 { $stop }입니다. 거래ID: { $id }
    }
}
money-moved = { $kind ->
    [deposit] 💵 입금
    [withdrawal] 💵 출금
    [dividend] 💵 배당
    [fee] 💵 수수료
    [interest] 💵 이자
   *[other] 💵 입출금
}{ $symbol ->
    [none] { "" }
   *[other] { "" } ({ $symbol })
}{ $dollars ->
    [none] { "" }
   *[other] : { $dollars }
}. 매매 손익에 포함하지 않습니다.
cancel-stuck = ⏳ { $symbol }: 브로커가 주문 취소를 아직 처리 중입니다. 취소되는 대로 대기 중인 청산 주문을 냅니다.
order-kept = 🚨 { $symbol }: 봇이 { $order ->
    [stop] 손절
    [target] 익절
    [exit] 매도
    [cover] 환매수
   *[entry] 진입
} 주문({ $shares }주)의 취소를 요청했지만 아직 브로커에 남아 있습니다. { $order ->
    [entry] 아직 체결될 수 있습니다.
    [cover] 초과 매도분보다 많이 환매수될 수 있습니다.
   *[sell] 보유량보다 많이, 또는 예전 가격에 매도될 수 있습니다.
} { $pending ->
    [yes] 취소가 아직 처리 중입니다. 브로커에서 주문 상태를 확인하세요.
   *[no] 브로커에서 직접 취소하세요.
}

## 데스크 알림

foreign-position = { $shares ->
    [none] ℹ️ { $symbol }: 봇이 매수하지 않은 보유분이 없어졌습니다(손절 체결 또는 수동 매도).
   *[other] { $side ->
        [short] ⚠️ { $symbol }: 봇이 매도하지 않은 공매도 { shares }가 계좌에 있습니다. 위험에 포함하며, 봇은 /halt flatten일 때만 환매수합니다.
       *[long] ⚠️ { $symbol }: 봇이 매수하지 않은 { shares }가 계좌에 있습니다. 위험에 포함하며, 봇은 /halt flatten 또는 봇이 낸 손절 주문으로만 매도합니다.
    }
}
foreign-protected = { $stop ->
    [none] 🛡️ { $symbol }: 봇이 매수하지 않은 { shares }에 손절 주문을 냈습니다.
   *[other] 🛡️ { $symbol }: 봇이 매수하지 않은 { shares }에 손절 주문을 냈습니다. 손절가 { $stop }.
}
foreign-awaits = ⛔ { $symbol }: 봇이 매수하지 않은 보유분에 손절 주문이 없습니다. 오늘 기업행사가 예정되어 있으나 계좌에 아직 반영되지 않았습니다. 반영되면 봇이 손절 주문을 냅니다. 급하면 브로커에서 직접 내세요.
foreign-bare = ⛔ { $symbol }: 봇이 매수하지 않은 보유분에 손절 주문이 없습니다. 브로커 거부 사유: { $trouble }. 브로커에서 손절 주문을 내거나 매도하세요.

halted = ⛔ 거래 중지: { actor }. 신규 거래를 중단하며 손절·익절 주문은 유지됩니다. 재개하려면 관리자가 /resume을 입력하세요.
halt-reason-added = ⛔ 거래 중지 추가 요청: { actor }. 거래는 이미 중지된 상태입니다.
halt-taken-back = ✅ { actor } 님이 30초 안에 거래 중지를 되돌렸습니다. 거래가 다시 진행됩니다. 그 사이 멈춘 제안과 진입 주문은 되살아나지 않습니다.
reducing = ⚠️ 청산만 허용: { actor }. 신규 거래를 중단하며 손절·익절 주문은 유지됩니다.
flattening = ⛔ 전량 청산 시작: { actor }. 진입 주문을 모두 취소하고 모든 포지션을 청산합니다. 모두 청산되면 알려 드립니다.
flatten-no-window = 전량 청산 확인 창이 열리지 않았습니다. /halt flatten을 다시 입력하세요.
flattening-asked = ⛔ 거래를 중지하고 전량 청산 중입니다. 포지션별 결과는 채널에 올라옵니다.
flatten-waits = ⚠️ 정규장 외 시간에 낸 청산 주문은 개장까지 대기합니다: { $at }.
flatten-stuck = ⛔ 전량 청산 미완료: { $what }, 아직 청산되지 않음(사유: { $detail }). 봇이 계속 시도합니다. 브로커에서 직접 청산하거나 주문을 취소하세요.
flat = ✅ 전량 청산 완료: 브로커에 포지션도 주문도 없습니다. 거래 중지는 유지되며, 재개하려면 관리자가 /resume을 입력하세요.
slack-back = ⚠️ Slack 연결이 { $span } 만에 복구되었습니다. 그동안 자동매매는 매수하지 않았으며, 새로 나온 제안은 승인 대기 중입니다.
resumed = ✅ 거래 재개: { actor }.
resumed-runs = 신규 거래 대상: { $symbols }개 종목. { $risk ->
    [none] 브로커가 응답하지 않아 총 위험을 알 수 없습니다.
   *[other] 현재 총 위험: { $risk }.
}
auto = { $mode ->
    [on] 자동매매 켜짐: 한도 안의 제안은 승인 없이 매수합니다.
   *[off] 자동매매 꺼짐: 모든 제안은 데스크 승인 후 매수합니다.
}
set-by = 변경: { actor }.
signal-kept = { $symbol } 신호, 제안하지 않음: { $why }.
signals-kept = { $since } 이후 제안하지 않은 신호 { $count }건:
signals-kept-line = • { $symbols }: { $why }
risk-warning = ⚠️ 총 위험 { $figure }: 동시위험 한도에 근접했습니다. 한도 도달 시 거래가 중지됩니다.
loss-limit = { $rule ->
    [daily_loss] ⛔ 오늘(뉴욕 기준)은 신규 진입을 하지 않습니다: { $why }. 손절 주문은 유지되며 청산은 가능합니다.
   *[other] ⛔ 순자산이 회복될 때까지 신규 진입을 하지 않습니다: { $why }. 손절 주문은 유지되며 청산은 가능합니다.
}
set-aside = ⚠️ 신호 스트림에서 이 데스크의 제안이 아닌 항목 { $count }건을 따로 옮겼습니다. 다른 프로그램이나 다른 버전의 봇이 스트림에 쓰고 있을 수 있습니다. 제안은 평소대로 처리됩니다.
trade-fault = 🚨 *{ $what }: 봇 내부 오류로 처리하지 못합니다.* 주문은 브로커에 그대로 있지만 체결 반영, 손절 주문 복구, 추적 손절, 시간 청산이 되지 않을 수 있습니다. 나머지는 정상 처리됩니다. 해결될 때까지 청산만 허용합니다.
trade-fault-how = 브로커에서 포지션과 손절 주문을 확인하고, 급하면 브로커에서 직접 청산하세요. 로그의 “look_failed” 내용을 운영자에게 전달하세요. 봇은 주기마다 다시 시도하며, 처리되면 자동으로 재개합니다.
job-failed = ⚠️ 작업 “{ $job }” 실패. 다음 주기에 다시 실행합니다. 운영자용 오류 번호: { $id }
job-recovered = ✅ 작업 “{ $job }” 정상 복구.
strategy-unusable = { $role ->
    [live] 🚨 *사용할 수 있는 전략이 없어 청산만 합니다.* 신규 제안과 매수는 없습니다. 손절·익절과 시간 청산은 계속됩니다.
   *[shadow] ⚠️ 섀도 전략 하나를 제외했습니다. 거래는 계속됩니다.
}
strategy-unusable-how = 수정한 뒤 trading-bot doctor로 확인하고 봇을 재시작하세요.
strategy-switched = ⚠️ 전략 변경: { $before } → { $after }. 이전 전략의 제안은 더 이상 승인할 수 없습니다. 진행 중인 거래의 손절가와 목표가는 그대로 유지됩니다.
leader-replaced = ⚠️ 리더 교체: { $leader }. 이전 리더 { $before }: { $since }부터 응답 없음.
leader-lost = 🚨 *{ $since }부터 데스크 작업을 실행하는 프로세스가 없습니다.*{ $leader ->
    [none] { "" }
   *[other] { "" } 마지막 리더: { $leader }.
} 봉별 매매 판단, 체결 확인, 누락된 손절 주문 복구가 이루어지지 않으며 위험 한도 감시, 시간 청산, 트레일링 스톱, 리포트도 멈춰 있습니다. 손절·익절 주문은 브로커에 그대로 있습니다.
leader-lost-how = scheduler를 시작하고(trading-bot status로 실행 상태 확인) 포지션은 브로커 화면에서 확인하세요. 그때까지 신규 매수와 승인은 할 수 없습니다. /halt, /close, 손절가를 올리는 변경은 계속 할 수 있습니다.
leader-back = ✅ 데스크 작업이 다시 실행되고 있습니다. 진입 승인을 다시 할 수 있습니다.
service = { $service ->
    [market] 시세
    [news] 뉴스
    [broker] 브로커
    [redis] Redis
    [claude] Claude
    [slack] Slack
    [strategy] 전략
    [halts] 거래 정지 정보
   *[other] { $service }
}
service-lost = { $service ->
    [claude] ⚠️ { claude-problem }. 뉴스 채점을 보류하고 뉴스 없이 점수를 냅니다. 봇이 계속 재시도합니다.
    [strategy] ⚠️ *전략이 점수를 내지 못합니다*: { $detail }. 신호가 없어 새로 매수하지 않고 신호에 따른 매도도 없습니다. 손절·익절 주문과 시간 청산은 그대로 유지됩니다. 다음 봉에서 다시 시도합니다.
    [halts] ⚠️ *새로운 거래 정지를 알 수 없습니다*: 거래소 상태 스트림이 1분 넘게 끊겨 있습니다. 이미 확인된 정지는 그대로 적용하며, 진입에는 여전히 최근 체결이 필요하므로 정지된 종목은 곧 진입이 거부됩니다. 승인, 청산, 손절가 변경 전에 거래 정지 여부를 확인하세요. 봇이 계속 다시 연결합니다.
   *[other] ⚠️ { service }: 응답 없음 ({ $detail }). 데이터 손실은 없으며 봇이 계속 재시도합니다.
}
service-back = { $service ->
    [strategy] ✅ 전략이 다시 점수를 냅니다.
    [halts] ✅ 거래 정지 정보를 다시 받습니다.
   *[other] ✅ { service }: 복구.
}
budget-spent = ⚠️ Claude 오늘 예산을 모두 소진했습니다. 다음 날(UTC)까지 뉴스 채점을 보류하고 뉴스 없이 점수를 냅니다.
started = { $broker ->
    [alpaca-live] 🔴 *실거래: 봇이 실제 자금으로 시작되었습니다.*
   *[other] ✅ 봇이 시작되었습니다.
}
started-broker = { $broker ->
    [alpaca-live] *지금부터 모든 주문은 Alpaca 실계좌에서 실제 자금으로 체결됩니다.* 중지하려면 /halt.
    [alpaca-paper] 브로커: Alpaca 모의 계좌. 실제 자금은 사용하지 않습니다.
    [paper] 브로커: 봇 내부 모의 체결. 실제 자금은 사용하지 않습니다.
   *[other] 브로커: { $broker }
}
trade-unreadable = 알림 “{ $kind }”: 데이터베이스에 거래 { $id } 기록이 없습니다. /trades로 확인하고 운영자에게 알리세요.
notice-unreadable = ⚠️ “{ $kind }” 알림{ $id ->
    [none] { "" }
   *[other] (거래 { $id })
}을 읽지 못했습니다. /trades로 확인하고 운영자에게 알리세요. 저장된 내용: { $kept }

## 답변

written-help-title = 슬래시 명령어와 버튼으로 사용하세요
written-help = 봇에게 보낸 메시지로는 아무 일도 일어나지 않습니다. 채널에서 다음을 입력하세요.
written-help-commands = `/desk` 데스크 현황과 전체 명령어
    `/positions` 보유 포지션과 위험
    `/trades pending` 승인 대기 중인 제안
    `/approve AAPL` 제안 승인, `/reject AAPL` 거절
    `/close AAPL` 포지션 청산
    `/halt` 신규 거래 즉시 중지
written-help-meant = { $command } 명령을 쓰려던 것인가요? 채널에서 앞에 슬래시(/)를 붙여 입력하세요.
written-help-nothing-done = 아무것도 실행되지 않았습니다.
working = ⏳ 처리 중입니다…
work-done = ✅ 처리했습니다. 변경 내용은 채널에 있습니다.
positions-title = 총 위험 { $risk } / 한도 { $ceiling }
positions-account = 순자산 { $equity } · 현금 { $cash } · 매수 가능 { $power }
positions-warning = ⚠️ 경고선 { $warning } 초과. { $ceiling }에서 거래가 중지됩니다.
overnight-risk = *오버나이트 위험* { $unknown ->
    [none] { $share } ({ $dollars }), 야간 변동 하위 1% 기준
   *[other] 산정 불가: { $unknown } 일봉 60일 미만{ $share ->
        [none] { "" }
       *[other] { "" } · 나머지 { $share } ({ $dollars })
    }
}{ $limit ->
    [none] { "" }
   *[other] { "" } · 한도 { $limit }
}
earnings-near = { $symbol } { $days ->
    [0] 오늘
   *[other] { $days }거래일 후
}
halt-reason = { $reason ->
    [news] 중요 공시 대기
    [volatility] LULD 변동성 완화장치 발동
    [market_wide] 시장 전체 서킷브레이커
    [regulatory] 규제상 정지
    [operational] 운영상 정지
   *[other] 사유 미공개
}{ $code ->
    [none] { "" }
   *[other] { "" }, 코드 { $code }
}
halt-of-symbol = { $symbol } { $since }부터 ({ $why })
symbol-halted = ⛔ *거래소 거래 정지*: { $halt }. { $state ->
    [proposed] 거래가 재개될 때까지 승인할 수 없으며, 제안은 정해진 시각에 만료됩니다.
    [open] { $exits ->
        [stop] 손절 주문은
       *[both] 손절·익절 주문은
    } 브로커에 그대로 있습니다. 재개 전에는 체결되지 않으며, 재개 직후 설정한 가격과 크게 다른 가격에 체결될 수 있습니다.
    [submitted] 재개될 때까지 주문이 체결되지 않습니다.
   *[other] { "" }
}
symbol-resumed = ▶️ *거래소 거래 정지 해제*: { $symbol } ({ $since }부터 정지됨). { $state ->
    [proposed] 이제 현재가 기준으로 승인할 수 있습니다.
    [open] { $exits ->
        [stop] 손절 주문이 다시 작동합니다.
       *[both] 손절·익절 주문이 다시 작동합니다.
    }
    [submitted] 주문이 이제 체결될 수 있습니다.
   *[other] { "" }
}
inspect-halted = ⛔ *거래소 거래 정지*: { $halt }
positions-halted = ⛔ *거래소 거래 정지*: { $halts }
positions-missing = ❓ *확인 필요* { $symbols }: 계좌에 이 주식이 더 이상 보이지 않습니다. 어떻게 된 것인지 확인될 때까지 위험에 계속 포함합니다: { $risk }
positions-waiting = ⏳ *미체결* 승인·대기 중인 주문의 위험 { $risk }
positions-earnings = 📅 *실적 발표* { $near }
earnings-unreadable = ⚠️ { $kept ->
    [true] 실적 발표일 파일에 오류가 있어 마지막으로 정상이던 날짜를 계속 적용합니다.
   *[false] 신규 진입 중단: 실적 발표일을 읽을 수 없습니다.
} { $line ->
    [0] { $file } 파일이 없거나, symbol,date 열이 있는 UTF-8 CSV가 아닙니다 (EARNINGS_FILE).
   *[other] { $file } { $line }번째 줄을 AAPL,2026-01-29처럼 종목과 날짜로 고쳐 주세요. 세 번째 열 when에는 before 또는 after만 쓸 수 있습니다 (EARNINGS_FILE).
}
positions-none = 보유 종목이 없습니다.
position = *{ $symbol }* { $held } × { $price }{ $day ->
    [none] { "" }
   *[other] { "" } (전일 대비 { $day })
} = { $value } · { $gain }
position-protected = { $planned ->
    [none] 손절가 { $stop }, 위험 { $risk } · { $id }
   *[other] 손절가 { $stop } (계획 { $planned }), 위험 { $risk } · { $id }
}
held-quantity = { $kind ->
    [option] 옵션 { $quantity }계약
    [crypto] { $quantity }(암호화폐)
    [stock] { $quantity }주
   *[other] { $quantity }단위
}{ $side ->
    [short] { "" } 공매도
   *[long] { "" }
}
position-awaits = 기업행사 또는 보유 수량이 정리될 때까지 손절 주문 없음, 위험 { $risk } · { $id }
position-stop-awaits = 아직 없음
position-foreign = 봇의 거래가 아니어서 손절가를 알 수 없습니다. 위험 { $risk } 가정
position-unclear = 방금 들어온 주식입니다. 봇의 주문이 체결된 것인지 확인하고 있습니다.
position-not-ours = 봇 거래 아님
position-unclear-whose = 확인 중
position-stop = { $planned ->
    [none] { $stop }
   *[other] { $stop } (계획 { $planned })
}
positions-caption = 보유 종목
column = { $name ->
    [symbol] 종목
    [held] 수량
    [last] 현재가
    [entry] 진입가
    [today] 전일 대비
    [value] 평가금액
    [gain] 평가손익
    [stop] 손절가
    [target] 목표가
    [risk] 위험
    [cost] 매수 금액
    [open-risk] 총 위험
    [most] 현재 최대
    [trade] 거래
    [state] 상태
    [shares] 수량
    [result] 손익
    [setting] 설정
    [setting_now] 현재
    [default] 기본값
    [range] 범위
    [name] 이름
    [closed] 청산
    [won] 수익
    [expires] 만료
    [source] 출처
    [score] 점수
    [strength] 신호
    [parts] 항목별 점수
    [outcome] 결과
   *[time] 시각
}
trades-alive = 진행 중인 거래
trades-pending = 승인 대기
trades-open = 보유 중인 거래
trades-closed = 청산된 거래
trades-today = 오늘의 거래 (뉴욕 기준)
trades-all = 최근 거래
trades-none = 없습니다.
trade-line = { $result ->
    [none] *{ $id }* { state } · { $shares }주 × { $price }
   *[other] *{ $id }* { state } · { $shares }주 × { $price } · { $result }
}{ $source ->
    [none] { "" }
   *[other] { "" } · { $source }
}
inspect-price = *{ $price }*{ $day ->
    [none] { "" }
   *[other] { "" } (전일 대비 { $day })
} · 매수호가 { $bid } · 매도호가 { $ask } · 스프레드 { $spread }bp
inspect-volume = 거래량 { $volume } · { $time } · { session }
inspect-no-price = 유효한 시세 없음 · { session }
inspect-no-signal = 유효한 봉이 부족해 점수를 낼 수 없습니다.
inspect-not-scored = 이 프로세스에는 최신 봉의 점수가 없습니다. 전략 코드는 리더에서 봉마다 한 번 실행됩니다.
inspect-trades = *거래*
inspect-panel = *지표*
panel-line = { $name } { $value }
size-title = { $symbol } { shares }
size-plan = *금액* { $cost } · *위험* { $dollars } ({ $percent }) · *총 위험* { $before } → { $after }
size-limit = { $most } ({ why })
size-most = { $fits ->
    [no] 너무 많습니다. 현재 최대 { $most }주. 제한 요인: { why }.
   *[yes] 현재 최대 { $most }주. 제한 요인: { why }.
}

## 신호, 뉴스, 위험

signals-title = { $symbol ->
    [none] 최근 신호
   *[other] { $symbol } 최근 신호
}
signals-none = 아직 없습니다.
signal-part = { $part ->
    [rsi] RSI
    [bollinger] 밴드
    [macd] MACD
    [volume] 거래량
   *[news] 뉴스
} { $points }
signal-line = *{ $symbol }* { $score }, { strength } · { $time }
    { $parts ->
        [none] 점수 항목 없음
       *[other] { $parts }
    } → { $fate }
signal-proposed = { state } · { $id }
signal-not-proposed = { $reason ->
    [exit_signal] { $why }
   *[other] 제안하지 않음: { $why }
}
news-title = { $symbol ->
    [none] 최근 뉴스
   *[other] { $symbol } 최근 뉴스
}
news-none = 최근 7일간 없습니다.
news-line = *{ $symbol }* { $points } “{ $headline }”
    { $time } · { $source } · { $scorer ->
        [none] 점수에 반영할 내용 없음
       *[other] { scorer }
    }{ $reason ->
        [none] .
       *[other] : { $reason }
    }
risk-room = 한도까지 여유 { $room } ({ $dollars }) · 경고 { $warning }, 거래 중지 { $ceiling }
risk-none = 현재 위험 없음
risk-line = { $stop ->
    [none] *{ $symbol }* { $dollars } ({ $percent }) · 봇의 거래가 아니어서 손절가를 알 수 없음
    [closing] *{ $symbol }* { $dollars } ({ $percent }) · 청산 중, 손절 주문 없음 · { $id }
    [awaits] *{ $symbol }* { $dollars } ({ $percent }) · 기업행사 또는 보유 수량이 정리될 때까지 손절 주문 없음 · { $id }
   *[other] *{ $symbol }* { $dollars } ({ $percent }) · 손절가 { $stop } · { $id }
}
risk-guards = *보호 장치* (오늘은 뉴욕 날짜 기준)
guard = { $rule ->
    [daily_loss] 오늘 손실
    [drawdown] 고점 대비 낙폭
    [losing_streak] 연속 손실
    [stop_cooldown] 손절 후 재진입 금지
    [trades_a_day] 오늘 거래
   *[open_positions] 보유 종목
}
guard-line = { $status ->
    [off] ◽ { guard }: 꺼짐
    [stops] ⛔ { guard }: { $figure }, 한도 { $limit }: 신규 진입 중단
    [rests] { $symbol ->
        [none] ⛔ { guard }: { $figure }, 한도 { $limit }: { $until }까지 신규 진입 중단
       *[other] ⛔ { guard }: { $symbol } { $until }까지 신규 진입 중단
    }
   *[free] ✅ { guard }: { $figure }, 한도 { $limit }
}

## 질문

ask-how = 궁금한 점을 그대로 적으세요. 예: /ask AAPL 왜 안 샀어? 또는 /ask 지금 위험은?
ask-too-long = 질문이 너무 깁니다. { $most }자 이내로 적어 주세요. 예: /ask AAPL 왜 안 샀어?
ask-off = 질문 기능이 꺼져 있습니다(Claude 키 없음 또는 CLAUDE_QUESTIONS=0). 매매 이유는 /inspect AAPL, 그 밖에는 /risk, /positions, /signals AAPL, /trades로 확인하세요.
ask-failed = { $problem ->
    [budget] 오늘 질문에 쓸 Claude 예산을 모두 사용했습니다. { $span } 뒤(UTC 자정)에 다시 사용할 수 있습니다.
    [busy] 이미 질문 두 건에 답하는 중입니다. 몇 초 뒤 다시 물어보세요.
    [key] Claude가 API 키를 거부했습니다. 봇 운영자에게 알려 주세요.
    [request] Claude가 요청을 거부했습니다. 봇 운영자에게 알려 주세요. 모델 이름이 잘못되었을 수 있습니다.
    [answer] Claude의 답을 사용할 수 없습니다.
   *[outage] Claude가 응답하지 않습니다. 1분 뒤 다시 물어보세요.
} 관련 기록:
ask-nothing = 기록에 답이 없습니다. 가장 가까운 기록:
ask-none-stood = Claude의 답이 기록과 맞지 않아 표시하지 않습니다. 관련 기록:
ask-dropped = { $count ->
   *[other] 기록과 맞지 않는 문장 { $count }개를 뺐습니다.
}
ask-read-only = 기록을 조회하기만 했습니다. 주문이나 설정은 그대로입니다.
ask-rows = { $count ->
   *[other] 근거 기록 { $count }건
}
fact-row = [{ $number }] *{ $kind ->
    [desk] 데스크
    [risk] 총 위험
    [account] 계좌
    [watchlist] 관심 종목
    [setting] 설정
    [trade] 거래
    [move] 결정
    [signal] 신호
    [headline] 뉴스
   *[audit] 감사 기록
}* · { $row }{ $time ->
    [none] { "" }
   *[other] { "" } · { $time }
} — { $figures }
fact-figure = { $label }: { $value }
fact-quote = “{ $words }”
fact-exit = { $reason ->
    [stop] 손절
    [target] 익절
    [desk] 데스크 매도
    [signal] 매도 신호
    [corporate_action] 기업행사
    [overnight] 오버나이트 보유 안 함
    [before_close] 마감 전 전량 청산
    [longest_hold] 최대 보유 기간 도달
   *[other] { $reason }
}
fact-word = { $word ->
    [on] 켜짐
    [off] 꺼짐
    [yes] 예
    [no] 아니요
    [unset] 설정 안 함
    [keywords] 키워드
    [claude] Claude
    [by_desk] 직접 제안
    [by_webhook] 웹훅
    [by_mcp] 에이전트(MCP)
    [halt] 거래 중지
    [resume] 거래 재개
    [flatten] 전량 청산
    [loss_limit] 손실 한도 도달
    [doubt] 거래 판단 보류
    [silence] Slack 무응답
    [began] 시작
    [over] 종료
   *[other] { $word }
}
fact-label = { $name ->
    [state] 상태
    [auto] 자동매매
    [by] 처리자
    [reason] 사유
    [open_risk] 총 위험
    [equity] 순자산
    [cash] 현금
    [buying_power] 매수 가능 금액
    [symbol] 종목
    [watched] 관심 종목 포함
    [setting] 설정
    [value] 값
    [trade] 거래
    [score] 점수
    [shares] 수량
    [planned_entry] 예정 진입가
    [stop] 손절가
    [target] 목표가
    [risk_to_stop] 손절 시 손실
    [bought] 체결 수량
    [fill_price] 체결가
    [filled] 체결 시각
    [exit_price] 청산가
    [exit_reason] 청산 사유
    [closed] 청산 시각
    [result] 손익
    [multiple] R 배수
    [decided_by] 결정자
    [decided] 결정 시각
    [expires] 만료
    [from] 이전 상태
    [to] 이후 상태
    [proposes_at] 제안 기준 점수
    [rsi_points] RSI 점수
    [bollinger_points] 밴드 점수
    [macd_points] MACD 점수
    [volume_points] 거래량 점수
    [news_points] 뉴스 점수
    [code_points] 전략 코드 점수
    [price] 가격
    [rsi] RSI
    [volume_ratio] 평소 대비 거래량
    [scorer] 뉴스 채점
    [headline] 뉴스
    [not_proposed] 제안하지 않은 이유
    [points] 점수
    [proposed_by] 제안자
    [note] 메모
    [source] 출처
    [action] 조치
    [subject] 대상
    [outcome] 결과
    [seen] 확인값
   *[limit] 한도
}

## 수량 계산기

size-prices = *진입가* { $entry } · *손절가* { $stop } · *목표가* { $target } · 순자산의 { $part }
size-broken = ⚠️ 지금은 불가: { $broken }.
size-proposed = 현재 제안 수량: { shares }.
size-not-proposed = { $symbol } 대기 중인 제안이 없어 계산만 합니다.
size-how = /size { $symbol } 뒤에 400, $20000, 5%(순자산 대비), 0.3% risk(위험)처럼 입력하세요.
button-apply = { shares } 적용
label-apply = 적용: { $symbol } 제안을 { shares }로 변경

## 청산

modal-close = 청산
modal-exit = { $exit ->
    [target] 목표가 변경
   *[stop] 손절가 변경
}
button-sell = 매도
ask-close = ⛔ { $symbol } { shares }, 시장가로 청산할까요? { $exits ->
    [stop] 손절 주문은 취소됩니다.
   *[both] 손절·익절 주문은 취소됩니다.
} 장이 닫혀 있으면 주문은 개장까지 대기합니다.
ask-close-all = ⛔ 보유 중인 거래 { $count }건을 *모두* 시장가로 청산할까요? 걸려 있는 청산 주문은 취소됩니다. 장이 닫혀 있으면 주문은 개장까지 대기합니다. 봇이 매수하지 않은 주식은 그대로 둡니다.
closing-asked = { $symbol } { shares }, 시장가로 청산 중입니다. { exits-over } 체결가는 거래 스레드에 올라옵니다.
closing-all = { $count ->
    [0] 보유 중인 거래가 더 없습니다.
   *[other] 거래 { $count }건, 시장가로 청산 중입니다. 체결가는 각 거래 스레드에 올라옵니다.
}

## 관심 종목과 설정

watch-title = 관심 종목 { $count }개
watch-how = /watch add NVDA AMD · /watch remove IBM
watch-outcome = { $outcome ->
    [added] ✅ { $symbol }: 관심 종목에 추가
    [cold] ⚠️ { $symbol }: 관심 종목에 추가, 봉이 부족해 아직 점수 없음
    [removed] ✅ { $symbol }: 관심 종목에서 제외
    [known] { $symbol }: 이미 관심 종목
    [absent] { $symbol }: 관심 종목이 아님
    [unknown] ⛔ { $symbol }: 이 브로커에서 거래할 수 없어 추가하지 않음
    [full] ⛔ { $symbol }: 관심 종목이 가득 참, 다른 종목을 빼거나 MAX_WATCHED를 올리세요
    [taken] ⛔ { $symbol }: 진행 중인 거래가 있음, 끝난 뒤 제외하세요
   *[last] ⛔ { $symbol }: 마지막 종목이라 제외할 수 없음
}
watch-told = { $verb ->
    [add] 👁️ 관심 종목 추가: { $symbols }. 변경: { actor }.
   *[remove] 👁️ 관심 종목 제외: { $symbols }. 변경: { actor }.
}
settings-title = 설정
settings-how = ✏️ 관리자가 여기서 변경: /settings MAX_DAILY_LOSS 2%, /settings LOSSES_HALT on. default를 입력하면 기본값으로 되돌립니다. ✳️ 변경됨. 🔒 재시작 후 적용.
setting = { $name ->
    [risk_per_trade] 거래당 위험
    [risk_ceiling] 동시위험 한도
    [risk_warning] 동시위험 경고선
    [stop_distance] 손절 거리
    [target_distance] 목표 거리
    [last_entry_seconds] 마감 전 신규 진입 금지 시간
    [price_drift] 제안가 이탈 허용폭
    [max_spread_bp] 최대 스프레드
    [max_price_age_seconds] 시세 유효 시간
    [max_exposure] 종목당 비중 한도
    [slippage] 슬리피지 여유
    [foreign_risk] 외부 보유분 위험 비율
    [other_assets_risk] 옵션·암호화폐 위험 비율
    [cover_shorts] 초과 매도분 자동 환매수
    [max_daily_loss] 일일 손실 한도
    [max_drawdown] 고점 대비 낙폭 한도
    [drawdown_days] 고점 산정 기간
    [losses_halt] 손실 한도 도달 시 거래 중지
    [losing_streak] 연속 손실 한도
    [losing_streak_seconds] 연속 손실 후 거래 중단 시간
    [stop_cooldown_seconds] 손절 후 재진입 금지 시간
    [max_trades_a_day] 하루 거래 한도
    [max_open_positions] 동시 보유 종목 한도
    [min_price] 최저 주가
    [min_volume] 최소 거래량
    [max_overnight_risk] 오버나이트 위험 한도
    [no_entry_days_before_earnings] 실적 발표 전 진입 주의 기간 (거래일)
    [earnings_file] 실적 발표일 파일
    [earnings_guard] 실적 발표 전 신규 진입
    [hold_overnight] 오버나이트 보유
    [flatten_before_close_minutes] 마감 전 전량 청산 시점
    [longest_hold_days] 최대 보유 기간 (거래일)
    [locale] 언어
    [timezone] 시간대
    [auto_mode] 최초 시작 시 자동매매
    [proposal_seconds] 제안 유효 시간
    [breaker_seconds] 장애 서비스 재시도 대기
    [quiet_seconds] 결정 후 재제안 대기
    [second_approver_over] 2인 승인 기준 금액
    [loosen_after_seconds] 한도 완화 전 예고 시간
    [slack_silence_minutes] 자동매매 중단 기준 Slack 무응답 시간
    [strategy] 전략
    [shadow_strategies] 섀도 전략
    [promotion_trades] 승격 전 섀도 거래 수
    [promotion_days] 승격 전 섀도 거래일 수
    [watchlist] 최초 시작 시 관심 종목 (이후 /watch)
    [max_watched] 관심 종목 최대 개수
    [bar_seconds] 봉 길이
    [bar_delay_seconds] 봉 마감 후 대기 시간
    [news_hours] 뉴스 반영 시간
    [replay_speed] 재생 속도
    [protect_foreign] 외부 보유분에도 손절 주문
    [report_ready] 준비 리포트
    [report_premarket] 프리마켓 리포트
    [report_open] 개장 리포트
    [report_close] 마감 리포트
    [report_day] 일일 결산
    [report_week] 주간 결산
    [duty_calls] 당직 호출 방법
    [events] 일반 알림: 제안하지 않은 신호, 주문 전송, 손절·익절 설정, 관심 종목, 입출금, 시작
   *[other] { $name }
}
setting-mark = { $mark ->
    [changed] ✳️
    [open] ✏️
   *[fixed] 🔒
}
setting-bounds = { $most ->
    [none] { $least } 이상
   *[other] { $least }~{ $most }
}
setting-unset = 없음
setting-switch = { $on ->
    [on] 켜짐
   *[off] 꺼짐
}
setting-changed = ✅ { $label }(`{ $name }`): { $before } → { $after }. 즉시 적용되며 재시작 후에도 유지됩니다.
strategy-title = 전략
strategy-line = { $role ->
    [live] 🟢 *{ $name }* (운용 중)
   *[shadow] 👥 *{ $name }* (섀도, 시뮬레이션)
} `{ $fingerprint }` · 거래 { $trades }건 · { $days }일{ $mean ->
    [none] {""}
   *[other] {" "}· 평균 { $mean }
}{ $known ->
    [yes] , { $low } ~ { $high }
   *[no] {" "}({ $fewest }건 미만이라 판단하기 부족)
}
strategy-how = 승격하려면 /strategy promote 이름을 입력하세요. 관리자가 요청하고 다른 관리자가 승인합니다. 섀도에서 거래 { $trades }건과 거래일 { $days }일을 채워야 하며, 실거래로 쓰려면 모의 거래에서도 같은 기준을 채워야 합니다.
strategy-out-of-use = ⛔ { $trouble }
strategy-next = ⏳ 봇이 다음에 재시작되면 { $name } 전략으로 거래합니다.
strategy-compared = { $apart ->
    [apart] 두 구간이 겹치지 않습니다.
    [same] 두 구간이 겹칩니다. 차이는 우연일 수 있습니다.
   *[unknown] 각각 { $fewest }건 미만이라 비교하기에 부족합니다.
}
strategy-told = { $stage ->
    [asked] ⚠️ { $by } 님이 { $before } 대신 { $name } (`{ $fingerprint }`) 전략으로 거래하도록 요청했습니다. { $at }까지 다른 관리자가 /strategy confirm을 입력해야 바뀝니다.
    [confirmed] ⚠️ { $by } 님이 승인했습니다. 봇이 다음에 재시작되면 { $before } 대신 { $name } (`{ $fingerprint }`) 전략으로 거래합니다.
   *[withdrawn] { $before } 전략을 유지합니다. { $by } 님이 { $name } 전략으로 바꾸는 요청을 취소했습니다.
}
setting-told = 🔧 { $label }: { $before } → { $after }. 변경: { actor }.
change-asked = ⚠️ { actor } 님이 { $label }(`{ $name }`) 완화를 요청했습니다: { $before } → { $after }. { $at }까지 다른 관리자가 승인하지 않으면 바뀌지 않습니다.
change-asked-how = 여기서 승인 또는 취소하거나 /settings confirm { $name } 또는 /settings cancel { $name } 명령을 입력하세요.
change-confirmed = ⚠️ { actor } 님이 승인했습니다: { $label }(`{ $name }`) 완화, { $at }부터 { $before } → { $after }.
change-confirmed-how = 그 전까지 트레이더가 여기서 또는 /settings cancel { $name } 명령으로 취소할 수 있습니다.
change-ended = { $label }: { $before } 유지. { $why ->
    [withdrawn] { actor } 님이 변경 요청({ $after })을 취소했습니다.
    [expired] 변경 요청({ $after })이 만료되었습니다.
    [role_gone] 변경({ $after })을 요청한 사람이 더 이상 관리자가 아닙니다.
    [superseded] { actor } 님이 다른 값으로 바꿔 변경 요청({ $after })은 취소되었습니다.
   *[other] 변경 요청({ $after })은 취소되었습니다.
}
change-waits = { $state ->
    [confirmed] ⏳ { $label }(`{ $name }`): { $at }에 { $before } → { $after }. 그 전에 /settings cancel { $name } 명령으로 취소할 수 있습니다.
   *[asked] ⏳ { $label }(`{ $name }`): { $before } → { $after }, 한도 완화입니다. 다른 관리자가 { $at }까지 승인해야 합니다: /settings confirm { $name }. 요청: { actor }.
}
change-withdrawn = 취소했습니다. { $label } 값은 그대로입니다.
button-confirm-change = 완화 승인
button-withdraw-change = 변경 취소
label-confirm-change = 완화 승인: { $label }
label-withdraw-change = 취소: { $label } 그대로 유지

## 창

modal-resize = 수량 변경
modal-reject = 거절
modal-cancel = 취소
modal-done = 닫기
button-approve-size = 이 수량으로 승인
label-approve-size = 입력한 수량으로 { $symbol } 승인
button-half = 절반: { $shares }
label-half = 제안 수량의 절반 입력
button-most = 최대: { $shares }
label-most = 모든 한도에 맞는 최대 수량 입력
field-shares = 수량(주)
field-exit = { $exit ->
    [target] 새 목표가
   *[stop] 새 손절가
}
field-exit-hint = { $exit ->
    [target] 주당 달러, 현재가보다 높게. 예: 158.50
   *[stop] 주당 달러, 현재가보다 낮게. 예: 149.20. 내리는 것은 관리자만 할 수 있습니다.
}
field-shares-hint = 1~{ $most }주. 주당 위험 { $each }.
field-reason = 사유
field-reason-choose = 선택하세요
field-reason-words = 직접 입력
field-reason-hint = 데스크와 감사 기록에 남습니다.
modal-halt = 거래 중지
button-halt = 거래 중지
ask-halt = ⛔ 신규 거래를 즉시 모두 중지할까요? 손절·익절 주문은 유지됩니다. 재개하려면 관리자가 /resume을 입력하세요.
modal-flatten = 전량 청산
button-flatten = 전량 청산
ask-flatten = ⛔ 거래를 중지했습니다. 계좌의 *모든* 포지션을 시장가로 청산하고 모든 주문을 취소할까요? 장이 닫혀 있으면 주문은 개장까지 대기합니다.

## 도움말

help-buy = /buy AAPL — 직접 매수를 제안합니다. 수량은 데스크 규칙대로. /buy AAPL 100 지정가 150 손절 147.50 목표 158 돌파 — 직접 정한 값으로 제안하며, 나머지는 사유입니다. 수량은 $20000, 5%, 0.3% risk도 됩니다. 카드에서 승인해야 매수되고 지정가는 당일만 유효합니다.
help-standing = /standing — 창에서 종목, 건당 금액, 최소 점수, 종료 시각, 횟수를 정해 매수를 미리 승인합니다. 앱 홈에 표시되고 한 번 눌러 철회합니다. 2인 승인을 쓰는 데스크에서는 다른 트레이더의 공동 승인이 필요합니다.
help-approve = /approve AAPL — 제안대로 매수합니다. 거래ID, ID의 앞부분, 종목 모두 되며 대기 중인 제안이 하나면 /approve만 쓰면 됩니다.
help-reject = /reject AAPL 실적 발표 임박 — 제안을 거절합니다. 뒤에 쓴 내용은 사유로 남습니다.
help-size = /size AAPL — 수량 계산과 모든 한도 안의 최대 수량. /size AAPL 400, /size AAPL $20000, /size AAPL 5%(순자산 대비), /size AAPL 0.3% risk(위험) — 계산한 뒤 버튼으로 제안에 적용합니다.
help-halt = /halt 사유 — 신규 거래를 즉시 중지합니다. 손절·익절 주문은 유지됩니다. /halt flatten 사유 — 전량 청산할지도 묻습니다.
help-resume = /resume — 신규 거래를 재개합니다. /resume anyway — 전량 청산 중에도 재개합니다. 아직 매도에 들어가지 않은 보유분은 유지되고 진행 중인 매도는 계속됩니다.
help-inspect = /inspect AAPL — 시세, 점수, 지표. /inspect AAPL_20250819_234515 — 제안부터 청산까지의 거래.
help-positions = /positions — 보유 종목, 손절가, 총 위험, 자금.
help-trades = /trades — 진행 중인 거래, 최신순. /trades pending, open, closed, today(뉴욕 자정 이후 제안·청산), all — 해당 거래.
help-auto = /auto — 자동매매 상태 확인. /auto on — 승인 없이 매수. /auto off — 데스크 승인 후 매수.
help-close = /close AAPL — 확인 후 거래 보유분을 시장가로 청산합니다. 거래 중지 중에도 됩니다. /close all — 봇의 보유 거래 전부.
help-stop = /stop AAPL 149.20 — 보유 거래의 손절가를 브로커에서 변경합니다. /stop AAPL만 입력하면 창에서 묻습니다. 올리는 것은 거래 중지 중에도 되고, 내리는 것은 관리자만 위험 한도 안에서 할 수 있습니다.
help-target = /target AAPL 158.50 — 보유 거래의 목표가를 브로커에서 변경합니다. /target AAPL만 입력하면 창에서 묻습니다.
help-trail = /trail AAPL 2% — 손절가가 최고 종가보다 2% 아래에서 따라가며 위로만 움직입니다. /trail AAPL 3 ATR — ATR 배수로. /trail AAPL off — 현재 위치에 유지합니다.
help-signals = /signals — 최근 신호와 점수 항목, 그 결과. /signals AAPL — 해당 종목만.
help-news = /news — 최근 뉴스와 점수, 채점자. /news AAPL — 해당 종목만.
help-risk = /risk — 총 위험, 여유, 경고선과 한도, 종목별 위험, 보호 장치 상태.
help-watch = /watch — 관심 종목. /watch add NVDA AMD, /watch remove IBM — 여러 종목을 한 번에 변경. 브로커에서 거래 가능한 종목만 됩니다.
help-settings = /settings — 모든 설정과 기본값, 범위. /settings MAX_DAILY_LOSS 2% — 관리자가 즉시 변경, default는 되돌리기.
help-adopt = /adopt MSFT — 다른 곳에서 매수한 보유분의 손절가와 목표가를 물어 봇 거래로 등록합니다. /adopt MSFT 402.50 450 — 한 줄로도 됩니다. 뒤에 수량을 쓰면 그만큼만 등록합니다 (관리자).
help-strategy = /strategy — 운용 전략과 섀도 전략. /strategy compare 전략1 전략2 — 두 전략 비교. /strategy promote 이름, confirm, cancel — 운용 전략 변경 (관리자 두 명).
help-desk = /desk — 데스크 현황과 모든 명령어를 한 줄씩 보여 줍니다.
help-pnl = /pnl — 오늘의 실현·평가·총손익. /pnl 어제, 지난주, 8월, 8월 4일~8월 8일, 최근 30일, 전체 — 그 기간(뉴욕 날짜 기준). 종목을 붙이면 그 종목만: /pnl 이번달 AAPL.
help-backtest = /backtest — 과거 가격으로 전략을 시험하고 우위가 있는지 알려 줍니다. /backtest trend AAPL,MSFT 2012-06..2012-12 또는 90d, 각 항목은 생략할 수 있습니다. 결과는 다이렉트 메시지로 옵니다.
help-ask = /ask AAPL 왜 안 샀어? — 데스크 기록에서 답하고 숫자마다 근거 기록을 보여 줍니다. 아무것도 바꾸지 않습니다. 예: /ask 지금 위험은?, /ask 누가 거래를 중지했어?
help-duty = /duty — 지금 당직, 종료 시각, 주간 근무표. /duty handover @이름 2h 또는 18:00 — 인계(2차는 second 추가). /duty holiday @이름 2026-12-24..2026-12-27 또는 off @이름 — 휴가. /duty rota first @이름 mon-fri 22:00-06:00 또는 rota remove 1 — 근무표. 시각은 데스크 시간대 기준입니다. 변경은 트레이더 이상만 할 수 있습니다.
help-notify = /notify — 내가 받는 알림. /notify channel, direct, both, default — 호출 방법. /notify quiet 23:00-07:00 — 방해 금지 시간(reminders, results처럼 종류별로도), quiet off — 해제. 시각은 데스크 시간대 기준입니다. 거래 중지, 손절 없는 포지션, 손실 한도는 항상 알립니다.
help-report = /report — 오늘 결산. /report ready, premarket, open, close, day, week — 지금 기준 해당 리포트. /report people — 데스크의 결정으로 얻거나 잃은 금액. /report journal — 이번 주에 배운 것: 과정과 결과, 사유, 받아들이지 않은 제안, 메모. /report journal 지난주도 됩니다.

## 당직: /duty, /notify, 당직자에게 가는 메시지

called = 📣 { $who }
duty-title = 당직
duty-line-name = { $line ->
    [first] 1차
   *[second] 2차
}
duty-line = { $line ->
    [first] *1차 당직*
   *[second] *2차 당직*
} { $who ->
    [none] 없음
   *[other] { $who }
}{ $until ->
    [none] { "" }
   *[other] { " " }({ $until }까지)
}
duty-away = 휴가 중: { $who }
duty-next = 다음: { $who } ({ $since }부터)
duty-rota = *주간 근무표* (시간대: { $zone })
duty-no-rota = 근무표가 없습니다. 예: /duty rota first @이름 mon-fri 22:00-06:00
duty-turn = { $number ->
    [none] •
   *[other] { $number }.
} { duty-line-name } · { $who } · { $days } { $begins }~{ $ends }{ $over ->
    [yes] { " " }(다음 날)
   *[no] { "" }
}
weekday = { $day ->
    [0] 월
    [1] 화
    [2] 수
    [3] 목
    [4] 금
    [5] 토
    [6] 일
   *[all] 매일
}
duty-holidays = *휴가*
duty-holiday = { $who }: { $first } ~ { $last }
duty-how = 변경: /duty handover @이름 2h · /duty holiday @이름 2026-12-24..2026-12-27 · /duty rota remove 1 · /duty help
home-duty = *당직* { $first ->
    [none] 없음
   *[other] { $first }
}{ $until ->
    [none] { "" }
   *[other] { " " }({ $until }까지)
} · *2차* { $second ->
    [none] 없음
   *[other] { $second }
}
report-duty = { $rota ->
    [yes] *당직* 정규장 내내 있음
   *[no] *당직* 없음. 제안에 멘션되는 사람이 없습니다. 근무표 등록: /duty rota first @이름 mon-fri 22:00-06:00
}
report-duty-gap = ⚠️ { $since }부터 { $until }까지 당직이 없습니다. 이 시간의 제안은 2차 당직이 있으면 2차로 갑니다. /duty로 채우세요.
call-kind = { $kind ->
    [proposal] 제안
    [reminder] 재알림
    [escalation] 2차 호출
    [expiry] 만료
    [result] 놓친 제안의 결과
    [handover] 당직 인계
    [halt] 거래 중지
    [unprotected] 손절 주문이 없는 포지션
   *[loss] 손실 한도
}
notify-title = 내가 받는 알림
notify-way = *당직일 때* { $way ->
    [channel] 채널 멘션
    [direct] 다이렉트 메시지
   *[both] 채널 멘션과 다이렉트 메시지
} { $chosen ->
    [yes] (내 설정)
   *[no] (데스크 기본값)
}
notify-what = *받는 것* { $kinds }
notify-always = *휴가와 방해 금지 시간에도 받는 것* { $kinds }
notify-quiet = *방해 금지 시간* { $begins }~{ $ends }({ $zone }): { $kinds } 알림 없음
notify-no-quiet = *방해 금지 시간* 없음. 예: /notify quiet 23:00-07:00 (시간대: { $zone })
notify-duty = *지금 당직* { $lines ->
    [none] 아님
   *[other] { $lines }
}
notify-turns = *내 당직 근무* (시간대: { $zone })
notify-whole-desk = *데스크 전체가 받는 것*
notify-desk = • { $what }: { $how ->
    [on] 채널
    [silent] 그날 첫 리포트의 스레드
   *[off] 꺼짐
}
notify-how = 변경: /notify channel, direct, both, default · /notify quiet 23:00-07:00 reminders · /notify quiet off
decision-reminded = ⏳ { $symbol } 승인 대기 중: { $left } 남음. 위 카드에서 결정하거나 /approve { $symbol } 명령을 입력하세요.
second-line-called = ⏰ { $symbol } 승인 대기 중: { $left } 남음. 1차 당직이 아직 결정하지 않았습니다. 2차 당직은 위 카드에서 결정하거나 /approve { $symbol } 명령을 입력하세요.
missed-follows = 시간 안에 결정한 사람이 없습니다. 승인했다면 어땠을지 여기에 올리겠습니다.
missed-result = 🔎 놓친 { $symbol } (시뮬레이션): { $shares }주 { $entry } 매수, { $exit } 청산{ $reason ->
    [stop] { " " }(손절)
    [target] { " " }(익절)
    [none] { "" }
   *[other] { " " }(시간 또는 신호 청산)
}. 수수료 차감 전 { $result }{ $multiple ->
    [none] { "" }
   *[other] { " " }({ $multiple })
}.
missed-nothing = 🔎 놓친 { $symbol } (시뮬레이션): { $why ->
    [no_next_bar] 매수할 다음 봉이 없었습니다. 놓친 거래가 아닙니다.
   *[other] 승인했더라도 체결되지 않았을 것입니다. 놓친 거래가 아닙니다.
}
direct-call = { $decide ->
    [yes] 당직입니다. <#{ $channel }>에서 결정하거나 여기에 /approve { $symbol } 명령을 입력하세요.
   *[no] 자세한 내용은 <#{ $channel }>에서 확인하세요.
}
direct-call-fallback = 다이렉트 메시지를 보내지 못해 여기에 올립니다.
duty-handed-over = 🔁 { actor } 님이 { $until }까지의 당직({ duty-line-name })을 인계했습니다.

## 앱 홈과 /desk

home-title = { $state ->
    [active] ✅
    [reducing] ⚠️
   *[halted] ⛔
} 데스크 { desk-state } · { $mode ->
    [on] 자동매매 켜짐
   *[off] 자동매매 꺼짐
}
home-set = { $why ->
    [none] 변경: { actor }, { $time }
   *[other] 변경: { actor }, { $time } · 사유: { $why }
}
home-nobody-leads = 🚨 *데스크 작업 중단* { $since }부터: 체결, 손절 주문, 위험을 확인하지 못하며 신규 매수를 할 수 없습니다. scheduler를 시작하세요.
home-hours = *시장* { session } · { $then ->
    [pre] { $time } 프리마켓 시작
    [regular] { $time } 개장
    [after] { $time } 마감
   *[closed] { $time } 애프터마켓 종료
}
pair = { $name ->
    [equity] 순자산
    [today] 오늘 총손익(뉴욕 기준)
    [closed] 오늘 실현손익
   *[risk] 총 위험
}
pair-closed = { $result } · 청산 { $trades }건, 수익 { $wins }건
pair-risk = { $risk } / 한도 { $ceiling }
home-equity = { $result ->
    [none] *순자산* { $equity }
   *[other] *순자산* { $equity } · *오늘 총손익(뉴욕 기준)* { $result } ({ $part })
}
home-ended = *오늘 실현손익* { $result } · 청산 { $trades }건, 수익 { $wins }건
home-risk = *총 위험* { $risk } / 한도 { $ceiling }
home-curve = { $curve } 오늘 순자산 { $low } ~ { $high }
home-no-broker = ⚠️ 브로커가 응답하지 않아 지금은 순자산, 위험, 포지션을 알 수 없습니다.
home-waiting = { $count ->
    [0] *승인 대기* 없음
   *[other] *승인 대기* { $count }건: { $names }
}
home-pending = 승인 대기 { $count }건
home-none-pending = 승인을 기다리는 제안이 없습니다.
home-positions = 보유 종목 { $count }개
home-exits = 손절가 { $stop } (현재가 대비 { $stop_away }) · 목표가 { $target } ({ $target_away })
home-services = 서비스 상태
home-service = { $since ->
    [none] ✅{ "\u00A0" }{ service } 정상
   *[other] ⚠️{ "\u00A0" }{ service } 응답 없음({ $since }부터)
}
home-decisions = 최근 결정
home-none-decided = 아직 결정한 제안이 없습니다.
home-decision = *{ $symbol }* { shares }, { $price } · { $decided }
home-as-of = { $time } 기준
home-stranger = 이 데스크에 대한 권한이 없어 볼 수 있는 내용이 없습니다. 관리자에게 요청하세요.
button-take-back = 되돌리기 (30초)
label-take-back = 이 거래 중지를 되돌려 신규 거래를 다시 허용
select-pending = *여러 건 한 번에*
select-pending-choose = 제안 선택
select-pending-option = { $symbol } { $shares }주, { $price } · 위험 { $risk }
button-approve-selected = 선택 승인
label-approve-selected = 선택한 제안을 하나씩 확인하며 승인
button-reject-selected = 선택 거절
label-reject-selected = 선택한 제안 모두 거절
confirm-approve-selected = 선택한 제안을 승인할까요?
confirm-approve-selected-text = 선택한 순서대로 하나씩 확인합니다. 한도에 맞지 않게 된 제안은 승인되지 않습니다.
ask-reject-selected = *제안 { $count }건 거절*
selected-outcomes = 선택한 제안 { $count }건: { $done ->
    [0] 처리된 것 없음
   *[other] { $done }건 처리
}
selected-line = *{ $symbol }* { $shares } · { $outcome } · { $id }
selected-outcome = { $state ->
    [proposed] 1차 승인됨, 다른 사람의 승인 필요
    [approved] 승인됨
    [submitted] 승인됨, 주문 전송
    [open] 승인됨, 체결
    [rejected] 거절됨
    [refused] 승인되지 않음
    [cancelled] 승인했으나 주문이 취소됨
    [failed] 승인했으나 주문이 실패함
    [undone] 처리되지 않음
   *[other] { state }
}
button-resume = 거래 재개
button-auto-on = 자동매매 켜기
button-auto-off = 자동매매 끄기
label-halt = 거래 중지: 신규 거래 즉시 중지, 손절·익절 주문은 유지
label-flatten = 전량 청산: 거래 중지, 모든 주문 취소, 모든 포지션 청산
label-resume = 거래 재개: 신규 거래 다시 허용
label-auto-on = 자동매매 켜기: 한도 안의 제안을 승인 없이 매수
label-auto-off = 자동매매 끄기: 모든 제안은 승인 대기
button-report = 리포트
label-report = 리포트: 오늘 성과 보기
confirm-flatten = 전량 청산할까요?
confirm-flatten-text = 거래를 중지하고 모든 주문을 취소한 뒤, 계좌의 모든 포지션을 시장가로 청산합니다.
confirm-resume = 거래를 재개할까요?
confirm-resume-text = 모든 한도 안에서 신규 거래를 다시 시작합니다.
confirm-auto-on = 자동매매를 켤까요?
confirm-auto-on-text = 한도 안의 제안을 승인 없이 매수합니다.
modal-standing = 사전 승인
button-give = 사전 승인
button-countersign = 공동 승인
button-revoke = 철회
label-countersign = 사전 승인 { $id } 공동 승인
label-revoke = 사전 승인 { $id } 철회: 이후 매수하지 않음
ask-standing = 아래 조건을 모두 만족하면 추가 승인 없이 봇이 매수합니다. 쓰일 때마다 채널에 알리며, 트레이더라면 누구나 철회할 수 있습니다.
field-standing-symbol = 종목
field-standing-symbol-hint = 관심 종목 중에서, 예: AAPL MSFT
field-standing-dollars = 건당 최대 금액(달러)
field-standing-dollars-hint = 예: $20000. 이를 넘으면 사람에게 묻습니다.
field-standing-score = 최소 점수
field-standing-score-hint = 0.1~1.5, 예: 0.9. 전략이 낸 제안만 해당합니다.
field-standing-until = 종료 시각
field-standing-until-hint = { $zone } 시각, 예: 16:00. 이미 지난 시각이면 다음 날로 적용됩니다.
field-standing-uses = 최대 매수 횟수
field-standing-uses-hint = 예: 3
standing-terms = *{ $id }* { $symbols } 매수, 건당 최대 { $dollars }, 점수 { $score } 이상, { $time }까지 · { $uses }회 중 { $left }회 남음 · { $givers }
standing-asked = 📋 *사전 승인 요청*: { actor }.
standing-countersign = 다른 트레이더의 공동 승인이 필요합니다.
standing-given = 📋 *사전 승인*: { actor }.
standing-how = 조건을 모두 만족하면 추가 승인 없이 봇이 매수합니다. 철회하면 즉시 끝납니다.
standing-changed = { $step ->
    [given] 📋 *사전 승인 { $id } 공동 승인됨*: { actor }. 지금부터 유효합니다.
   *[revoked] 📋 *사전 승인 { $id } 철회됨*: { actor }.
}
standing-used = 사전 승인 { $id }에 따라 승인: { $symbol } { $shares }주.
standing-now = { $state ->
    [given] 유효
   *[asked] 다른 트레이더의 공동 승인 대기 중
}
standing-revoked = 사전 승인 { $id } 철회됨. 이후 매수하지 않습니다.
home-standing = 사전 승인: { $count }
modal-status = 데스크 현황
modal-answer = 결과
desk-commands = *명령어* · 뒤에 help를 붙이면 자세한 설명이 나옵니다. 예: /trail help

## 성과, 리포트, 차트

period-name = { $period ->
    [today] 오늘
    [yesterday] 어제
    [week] 이번 주
    [last-week] 지난주
    [month] 이번 달
    [last-month] 지난달
    [year] 올해
    [last-year] 작년
    [days] { $days }
   *[all] 전체 기간
}
period-days = { $first ->
    [none] { $last }까지 전체
   *[other] { $first } ~ { $last }
}
pnl-title = { $symbol ->
    [none] { $period } 실현손익 { $result }
   *[other] { $symbol } { $period } 실현손익 { $result }
}
pnl-no-trades = 청산된 거래가 없습니다.
pnl-result = { $share ->
    [none] *실현손익* { $result } · 청산 { $trades }건, 수익 { $wins }건 (승률 { $rate })
   *[other] *실현손익* { $result } ({ $share }) · 청산 { $trades }건, 수익 { $wins }건 (승률 { $rate })
}
pnl-open = { $result ->
    [none] *평가손익* 알 수 없음: 브로커가 응답하지 않습니다
   *[other] { $positions ->
        [0] *평가손익* 보유 종목 없음
       *[other] *평가손익* { $result } · 현재 { $positions }종목 보유
    }
}
pnl-total = *총손익* { $result } ({ $share }), 실현·평가 합계, 수수료 차감 후{ $at ->
    [none] { "" }
   *[other] , { $at } 기준
}
pnl-no-curve = 이 기간에는 아직 변동이 없어 순자산 차트가 없습니다.
pnl-extremes = *최고 거래* { $best } · *최악 거래* { $worst }
pnl-ratio = { $multiple ->
    [none] { "" }
   *[other] *평균* { $multiple } ·{ " " }
}*슬리피지* { $side ->
    [none] 없음
    [better] 제안가보다 { $slippage } 유리
   *[worse] 제안가보다 { $slippage } 불리
}
pnl-statistics = *프로핏 팩터* { $factor ->
    [none] 없음
   *[other] { $factor }
} · *기대값* { $expectancy ->
    [none] 알 수 없음
   *[other] { $expectancy } ({ $low } ~ { $high })
}{ $edge ->
    [shown] { "" }
   *[none] , 우위 확인 안 됨
}{ $newest ->
    [none] { "" }
   *[other] { " " }(최근 { $newest }건)
}
pnl-sharpe = *샤프* { $sharpe ->
    [none] 없음
   *[other] { $sharpe }
}
pnl-too-few-trades = *우위* 판단하기에 거래가 부족합니다({ $fewest }건 중 { $trades }건)
pnl-too-few-days = *샤프* 거래일 부족({ $fewest }일 중 { $days }일)
pnl-account = { $equity ->
    [none] *최대 낙폭* { $drawdown } · *최대 총 위험* { $risk }
   *[other] *순자산* { $equity } · *최대 낙폭* { $drawdown } · *최대 총 위험* { $risk }
}
pnl-cost = *Claude 비용* { $cost }
pnl-by-symbol = *종목별*
pnl-symbol = • { $symbol } { $result } · 청산 { $trades }건, 수익 { $wins }건
pnl-days = 뉴욕 날짜 기준: { $days }

report-name = { $kind ->
    [ready] 준비
    [premarket] 프리마켓
    [open] 개장
    [close] 마감
    [day] 일일 결산
   *[week] 주간 결산
}
report-title = { $kind ->
    [ready] { $troubles ->
        [0] ✅ 오늘 거래 준비 완료
       *[other] ⚠️ 거래 준비 점검 필요: { $troubles }건
    }
    [premarket] { $headlines ->
        [0] 📰 프리마켓: { $unknown ->
            [yes] 뉴스 미확인
           *[no] 새 뉴스 없음
        }
       *[other] 📰 프리마켓: 뉴스 { $headlines }건
    }
    [open] 🔔 정규장 개장
    [close] 🏁 정규장 마감: { $positions ->
        [none] 보유 종목 알 수 없음
        [0] 보유 종목 없음
       *[other] { $positions }종목 보유, 평가손익 { $open }
    }
    [day] 📊 { $over ->
        [yes] 일일 결산
       *[no] 오늘 현재까지
    }: 실현손익 { $result }, { $trades ->
        [0] 청산 없음
       *[other] 청산 { $trades }건
    }
   *[week] 📊 주간 결산: 실현손익 { $result }, { $trades ->
        [0] 청산 없음
       *[other] 청산 { $trades }건
    }
}
report-late = ⏰ 지연: 예정 시각 { $due }
report-made = { $at } 기준
report-audit = 🔒 감사 기록 마지막 행 { $number }: `{ $hash }`
report-desk-trouble = ⚠️ 데스크 상태: { desk-state }
report-no-account = ⚠️ 브로커 응답 없음: 계좌와 포지션을 확인하지 못했습니다.
report-service-trouble = ⚠️ { service }: 응답 없음
report-no-trading = 오늘은 휴장일입니다.
report-hours = 프리마켓 { $pre } · 개장 { $open } · 마감 { $close } · 애프터마켓 종료 { $post }
report-watched = { $mode ->
    [on] 관심 종목 { $symbols }개 · 자동매매 켜짐: 승인 없이 매수
   *[off] 관심 종목 { $symbols }개 · 자동매매 꺼짐: 제안마다 승인 대기
}
report-account = *순자산* { $equity } · *승인 대기* { $pending }건
report-risk = *총 위험* { $risk } / 한도 { $ceiling }
report-holdings = *포지션*
report-holding = • { $symbol } { $held } × { $price }{ $day ->
    [none] { "" }
   *[other] { "" } (전일 대비 { $day })
} · { $gain }
report-no-news = 지난 마감 이후 관심 종목과 보유 종목 관련 뉴스가 없습니다.
report-unread = ⚠️ 채점 못 한 뉴스 있음(반영 안 됨): { $symbols }
report-headline = • { $symbol } { $points } “{ $headline }”
report-market = *S&P 500* (SPY) { $change }
report-unreadable = 리포트를 읽지 못했습니다. 지금 기준 리포트는 /report { $kind } 명령으로 확인하세요.
people-title = 데스크 결정의 성과
people-verdict = { $side ->
    [added] ✅ 모든 제안을 받아들였을 때보다 { $dollars } 이득입니다.
   *[cost] ⚠️ 모든 제안을 받아들였을 때보다 { $dollars } 손해입니다.
}
people-too-few = 아직 판단하기에 부족합니다. 받아들이지 않은 제안 중 결과가 나온 것은 { $trades }건이며, 최소 { $fewest }건이 필요합니다.
people-taken = *체결 후 청산* { $trades }건 · { $result } · { $multiple }
people-left = *받아들이지 않음* { $trades }건 · { $result } · { $multiple } (시뮬레이션)
people-cause = • { $cause ->
    [rejected] 거절
    [expired] 만료
   *[refused] 자동 거부
} { $trades }건 · { $result } · { $multiple }
people-simulated = 받아들이지 않은 제안의 결과는 봉과 기술적 청산만으로 백테스트 규칙에 따라 시뮬레이션한 값이며, 실제 거래처럼 수수료 차감 전입니다. 진행 중: { $open }건. 체결되지 않았을 제안: { $void }건.
people-since = { $at } 이후의 제안.
reports-missed = ⏰ 봇이 멈춘 동안 리포트 { $count }건을 보내지 못했습니다: { $names }. 너무 늦어 생략합니다. 지금 기준은 /report로 확인하세요.

picture-equity = 순자산
picture-equity-name = 순자산: { $period }
picture-equity-title = 순자산과 낙폭: { $period }
picture-equity-alt = { $period } 순자산: { $first } → { $last }, 최저 { $low }, 최고 { $high }, 최대 낙폭 { $drawdown }.
picture-proposal-title = { $symbol }: { $minutes }분봉
picture-proposal-alt = { $symbol }, 최근 봉 { $bars }개: 진입가 { $entry }, 손절가 { $stop }, 목표가 { $target }, 현재가 { $last }. { $title }
picture-drawdown = 낙폭
picture-entry = 진입 { $price }
picture-stop = 손절 { $price }
picture-target = 목표 { $price }
picture-volume = 거래량
picture-rsi = RSI
picture-macd = MACD

## 거부: 무엇이 문제이고 어떻게 하면 되는지

refused-unknown-trade = { $asked ->
    [none] 해당하는 거래가 없습니다. 목록을 확인하세요. 예: /trades all
   *[other] { $nearest ->
        [none] “{ $asked }” 거래가 없습니다. 거래ID를 확인하세요. 예: /trades all
       *[other] “{ $asked }” 거래가 없습니다. 혹시 { $nearest }인가요? 거래ID를 확인하세요. 예: /trades all
    }
}
refused-unknown-symbol = “{ $asked }”: 관심 종목이 아닙니다. { $nearest ->
    [none] { $example ->
        [none] AAPL 같은 종목 코드를 입력하세요.
       *[other] 관심 종목(/watch로 확인) 중에서 입력하세요. 예: { $example }
    }
   *[other] 혹시 { $nearest }인가요? 관심 종목을 확인하세요. 예: /watch
}
refused-ambiguous = { $asked ->
    [none] 해당하는 거래가 여럿입니다: { $matches }. 하나의 거래ID를 입력하세요.
   *[other] “{ $asked }”에 맞는 거래가 여럿입니다: { $matches }. 거래ID 전체를 입력하세요.
}
refused-bad-number = { $one ->
    [none] “{ $asked }”: 수량이 아닙니다. 1 이상의 정수를 입력하세요. 예: 400
   *[other] “{ $asked }”: { $one }인지 { $other }인지 알 수 없습니다. 정수로 입력하세요. 예: 400 또는 1,000
}
refused-bad-text = { $problem ->
    [symbol] 종목을 입력하세요.
    [value] “{ $asked }” 뒤에 값이 빠졌습니다.
    [many] 입력이 너무 많습니다: “{ $asked }”.
   *[unknown] “{ $asked }” 입력을 이해할 수 없습니다.
}{ $nearest ->
    [none] { "" }
   *[other] { "" } 혹시 { $nearest }인가요?
} 형식: { $usage } 예: { $example }
refused-bad-period = { $problem ->
    [order] “{ $asked }”: 끝이 시작보다 앞섭니다.
    [future] “{ $asked }”: 아직 오지 않은 날짜입니다. 뉴욕 기준 오늘은 { $today }입니다.
   *[no_such_day] “{ $asked }”: 없는 날짜입니다.
} 기간 이름이나 2025-08-04..2025-08-08 같은 범위를 입력하세요. 예: { $example }
refused-bad-amount = { $one ->
    [none] “{ $asked }”: 수량으로 읽을 수 없습니다. 주수(400), 금액($20000), 순자산 비율(5%), 위험 비율(0.3% risk)로 입력하세요. 예: { $example }
   *[other] “{ $asked }”: { $one }인지 { $other }인지 알 수 없습니다. 소수점은 점(2.50), 천 단위는 1,000 또는 1000으로 입력하세요. 예: { $example }
}
refused-bad-duty = { $field ->
    [person] 누구인가요? “{ $asked }”: 여기에 없는 사람입니다. @를 입력하고 Slack 목록에서 사람이나 그룹을 고르세요. me는 본인입니다.
    [group] { $who }에 승인할 수 있는 사람이 없거나 Slack이 구성원을 알려 주지 않습니다. 트레이더가 있는 그룹을 고르세요.
    [role] { $who } 님은 승인 권한이 없습니다. 당직은 트레이더와 관리자만 설 수 있습니다.
    [away] { $who } 님은 휴가 중입니다. 다른 사람에게 인계하거나 휴가를 먼저 해제하세요.
    [line] 몇 차인가요? “{ $asked }” 대신 first 또는 second를 입력하세요.
    [days] 요일을 알 수 없습니다: “{ $asked }”. mon-fri, sat 또는 daily처럼 입력하세요.
    [hours] 시간을 알 수 없습니다: “{ $asked }”. 22:00-06:00처럼 두 시각을 분까지 입력하세요({ $zone } 시각).
    [empty] “{ $asked }”: 시작과 끝이 같습니다. 하루 전체는 00:00-24:00으로 입력하세요.
    [until] 언제까지인가요? “{ $asked }” 입력을 이해할 수 없습니다. 2h, 90m, 1d 또는 18:00처럼 입력하세요({ $zone } 시각).
    [open] 언제까지인가요? 지금 { $asked ->
        [second] 2차
       *[other] 1차
    } 당직이 없으니 끝나는 시각을 입력하세요.
    [dates] 날짜를 알 수 없습니다: “{ $asked }”. 하루 또는 ..으로 이은 두 날짜를 입력하세요.
    [order] “{ $asked }”: 끝이 시작보다 빠릅니다.
    [past] “{ $asked }”: 이미 지났습니다.
    [far] “{ $asked }”: 너무 멉니다. 최대 { $known }일입니다.
    [overlap] { $asked }: 근무표의 { $known } 근무와 겹칩니다. 그 근무를 먼저 지우거나 다른 시간을 고르세요.
    [number] 근무표에 “{ $asked }”번이 없습니다(모두 { $known }개). /duty에 번호가 나옵니다.
    [many] 너무 많습니다. 근무는 최대 { $asked }개, 한 근무에 최대 { $known }명입니다.
    [holidays] 휴가가 너무 많습니다. 최대 { $asked }개입니다.
    [alarm] 거래 중지, 손절 주문이 없는 포지션, 손실 한도는 항상 알립니다. 방해 금지 시간을 적용할 수 없습니다.
   *[kind] 어떤 알림을 끌까요? “{ $asked }” 입력을 이해할 수 없습니다. { $known } 중에서 입력하거나, 전부라면 비워 두세요.
} 예: { $example }
refused-bad-exit = { $problem ->
    [over_market] 손절가({ $asked })가 현재가({ $against })보다 낮지 않아 적용하지 않았습니다. 적용하면 즉시 매도됩니다. 더 낮은 가격을 입력하거나 /close로 지금 매도하세요.
    [under_market] 목표가({ $asked })가 현재가({ $against })보다 높지 않아 적용하지 않았습니다. 적용하면 즉시 매도됩니다. 더 높은 가격을 입력하거나 /close로 지금 매도하세요.
    [far] 목표가({ $asked })가 현재가({ $against })의 10배 이상입니다. 소수점을 확인하세요.
    [cents] { $field ->
        [target] 목표가
       *[stop] 손절가
    } { $asked }: 1센트 미만 단위는 쓸 수 없습니다. 149.20처럼 입력하세요.
    [same] { $field ->
        [target] 목표가
       *[stop] 손절가
    }가 이미 { $asked }입니다.
    [by_hand] 브로커에서 직접 낸 손절 주문이 이 수량을 잡고 있어 { $field ->
        [target] 익절 주문을 { $asked }에 낼 수 없습니다. 그 주문을 취소하면 봇이 손절·익절 주문을 다시 냅니다. 지금 매도하려면 /close를 쓰세요.
       *[stop] 손절가를 { $asked }로 옮기지 않았습니다. 그 주문을 브로커에서 옮기거나 취소하세요. 취소하면 봇이 손절 주문을 다시 냅니다.
    }
    [changed] 방금 이 거래의 손절·익절이 바뀌어 적용하지 않았습니다. 카드를 확인하고 다시 시도하세요.
    [no_order] 이 거래에는 브로커에 걸린 익절 주문이 없어 변경할 수 없습니다. 손절 주문은 유효하며, /close로 지금 매도할 수 있습니다.
    [trail_part] 트레일링 폭 { $asked }: 0%보다 크고 100%보다 작아야 합니다.
    [trail_ranges] 트레일링 폭 { $asked } ATR: 0보다 크고 100 이하여야 합니다.
    [no_trail] “{ $asked }”: 트레일링 폭이 아닙니다. 비율(2%), ATR 배수(3 ATR) 또는 off를 입력하세요.
    [unclear] { $field ->
        [target] 목표가
        [trail] 트레일링 폭
       *[stop] 손절가
    }: { $asked } 중 어느 쪽인지 알 수 없습니다. 소수점은 점으로 쓰세요 (149.20).
   *[no_price] { $field ->
        [target] 목표가
       *[stop] 손절가
    } “{ $asked }”: 가격이 아닙니다. 149.20처럼 달러와 센트로 입력하세요.
}{ $example ->
    [none] { "" }
   *[other] { "" } 예: { $example }
}
refused-unknown-setting = { $nearest ->
    [none] “{ $asked }” 설정이 없습니다. /settings로 이름을 확인하세요. 예: { $example }
   *[other] “{ $asked }” 설정이 없습니다. 혹시 { $nearest }인가요? 이름을 확인하세요. 예: /settings
}
refused-unknown-strategy = { $nearest ->
    [none] “{ $asked }” 전략이 없습니다. 목록을 확인하세요. 예: /strategy
   *[other] “{ $asked }” 전략이 없습니다. 혹시 { $nearest }인가요? 목록을 확인하세요. 예: /strategy
}
refused-promotion = { $lack ->
    [trades] { $strategy }: 섀도 거래 { $has }건 완료, 승격에는 { $needs }건이 필요합니다.
    [days] { $strategy }: 섀도 거래일이 { $has }일입니다. 승격에는 { $needs }일이 필요합니다.
    [paper_trades] { $strategy }: 모의 거래 { $has }건 완료, 실거래에는 { $needs }건이 필요합니다.
    [paper_days] { $strategy }: 모의 거래일이 { $has }일입니다. 실제 자금에는 { $needs }일이 필요합니다.
    [not_live] { $strategy } 전략은 운용에 쓸 수 없습니다: { $why }
    [nothing_in_force] 지금은 불가합니다. 교체할 운용 전략을 사용할 수 없는 상태입니다. /strategy에 표시된 파일을 고치고 봇을 재시작한 뒤 다시 요청하세요.
   *[is_live] { $strategy } 전략은 이미 운용 중입니다.
}
refused-other-needed = { $label } 변경을 직접 요청하셨습니다. 다른 관리자의 승인이 필요합니다.
refused-nothing-pending = “{ $asked }”: 대기 중인 변경이 없습니다. 대기 중인 변경을 확인하세요. 예: /settings
refused-setting-fixed = { $label }: 여기서 바꿀 수 없습니다. 봇 설정 파일에서 바꾼 뒤 봇을 재시작하세요.
refused-bad-setting = { $unit ->
    [switch] { $label }: “{ $asked }” 대신 on 또는 off로 입력하세요. 예: /settings { $name } on
   *[other] { $one ->
        [none] { $most ->
            [none] { $label }: “{ $asked }” 대신 { $least } 이상의 값을 입력하세요. 예: /settings { $name } { $example }
           *[other] { $label }: “{ $asked }” 대신 { $least }~{ $most } 사이의 값을 입력하세요. 예: /settings { $name } { $example }
        }
       *[other] { $label }: “{ $asked }”: { $one }인지 { $other }인지 알 수 없습니다. 정확히 입력하세요. 예: /settings { $name } { $example }
    }
}
refused-not-open = { $trade_id ->
    [none] 보유 중인 거래가 없습니다.
   *[other] { $trade_id } 거래는 { state } 상태입니다. 보유 중인 거래만 청산하거나 손절·익절을 변경할 수 있습니다.
}
refused-not-gradable = { $trade_id } 거래는 { state } 상태입니다. 청산된 거래만 평가할 수 있습니다.
refused-adoption = { $problem ->
    [not_held] 종목: { $symbol } 보유분이 없습니다.
    [no_stock] 종목: { $symbol } 보유분은 주식이 아닙니다. 주식만 등록할 수 있습니다.
    [short] 종목: { $symbol } 보유분은 공매도 상태입니다. 매수 보유분만 등록할 수 있습니다.
    [in_a_trade] 종목: { $symbol } 거래가 이미 있습니다. 먼저 청산하거나 결정하세요.
    [flattening] 종목: 전량 청산 중이라 지금은 등록할 수 없습니다.
    [unsettled] 종목: { $symbol } 보유 수량이 방금 바뀌었습니다. 1분 뒤 다시 시도하세요.
    [being_sold] 종목: 브로커에 { $symbol } 매도 주문이 있습니다. 먼저 그 주문을 취소하세요.
    [too_many] 수량: { $symbol } 보유분은 { $most }주입니다.
    [none] 수량: 1주 이상 { $most }주 이하로 입력하세요.
    [no_price] { adoption-field }: 149.20처럼 센트 단위 가격으로 입력하세요.
    [above_price] 손절가: { $symbol } 현재가 { $price }보다 낮아야 합니다.
    [below_price] 목표가: { $symbol } 현재가 { $price }보다 높아야 합니다.
    [far] 목표가: { $symbol } 현재가 { $price }의 10배를 넘습니다. 숫자를 확인하세요.
    [ambiguous] { adoption-field }: { $typed } 중 어느 값인지 분명하지 않습니다. 소수점은 점(149.20), 천 단위는 1,000 또는 1000으로 입력하세요.
    [no_number] { adoption-field }: “{ $typed }”: 숫자가 아닙니다.
   *[fraction] { adoption-field }: 온주만 등록할 수 있습니다. 소수점 주식을 브로커에서 먼저 팔거나 온주 수량을 입력하세요.
} 아무것도 변경되지 않았습니다.
modal-adopt = 봇 거래로 등록
button-adopt = 등록
button-adopt-symbol = { $symbol } 등록
label-adopt = 다른 곳에서 매수한 { $symbol } 등록: 손절가와 목표가를 묻습니다
ask-adopt = 손절·익절 주문이 즉시 브로커로 전송됩니다. 이후에는 일반 거래와 같습니다. 위험에 포함되고 /close로 매도할 수 있습니다.
adoption-hint = { $field ->
    [stop] 현재가보다 낮게, 예: 149.20
    [target] 현재가보다 높게, 예: 158.50
   *[shares] 비우면 전량
}
adoption-field = { $field ->
    [stop] 손절가
    [target] 목표가
    [shares] 수량
   *[symbol] 종목
}
refused-already-decided = { $by ->
    [none] 변경 없음: { $trade_id } 거래는 이미 { state } 상태입니다.
   *[other] 변경 없음: { $trade_id } 거래는 이미 { state } 상태입니다 (결정: { actor }).
}
refused-expired = { $trade_id } 제안은 만료되었습니다 ({ $at }). 다음 제안을 기다리세요.
refused-ended-by-halt = 승인된 뒤에 거래가 중지되었습니다 ({ actor }). 주문을 내지 않았습니다.
refused-stopped-since = 승인된 뒤에 거래가 중단되었다가 재개되었습니다. 주문을 내지 않았습니다.
refused-desk-not-active = 현재 { desk-state } 상태입니다 ({ actor }: { $why }). 청산은 가능하며, 재개하려면 관리자가 /resume을 입력하세요.
refused-market-closed = 지금은 주문 가능 시간이 아닙니다. 다음 주문 가능 시각: { $opens_at }.
refused-no-price = { $symbol }: 유효한 시세가 없습니다. 1분 뒤 다시 시도하세요.
refused-not-allowed = { $needed ->
    [admin] 관리자만 할 수 있습니다
    [trader] 트레이더만 할 수 있습니다
   *[viewer] 데스크 구성원만 할 수 있습니다
} (현재 { role }). 관리자에게 요청하세요.
refused-second-needed = { $by ->
    [engine] { $over ->
        [none] { $trade_id }: 실적 발표 직전이라 봇 단독 승인은 안 되며 두 사람이 승인해야 합니다.
       *[other] { $trade_id } 금액이 { $over }를 넘습니다. 봇 단독 승인은 안 되며 트레이더가 승인해야 합니다.
    }
   *[other] { $over ->
        [none] { $trade_id }: 이미 승인하셨습니다. 실적 발표 직전이라 다른 트레이더의 승인도 필요합니다.
       *[other] { $trade_id }: 이미 승인하셨습니다. 금액이 { $over }를 넘어 다른 트레이더의 승인도 필요합니다.
    }
}
refused-other-must-approve = { $by ->
    [engine] { $trade_id }: 사람이 요청한 제안이라 봇이 아니라 트레이더가 승인해야 합니다.
   *[other] { $trade_id }: 직접 제안하셨으므로 다른 트레이더가 승인해야 합니다. 거절하면 제안이 취소됩니다.
}
refused-not-proposable = { $state ->
    [proposed] 제안하지 않음: { $symbol } 제안이 이미 승인을 기다리고 있습니다. /trades pending에서 확인하세요.
    [approved] 제안하지 않음: { $symbol } 제안이 이미 승인되어 곧 주문을 전송합니다.
    [submitted] 제안하지 않음: { $symbol } 주문이 이미 브로커에 나가 있습니다.
    [open] 제안하지 않음: { $symbol } 종목을 이미 보유 중입니다. /positions에서 확인하세요.
    [closing] 제안하지 않음: { $symbol } 매도가 진행 중입니다. 청산된 뒤 다시 시도하세요.
   *[other] 제안하지 않음: { $symbol } ({ why }).
}
proposal-field = { $field ->
    [symbol] 종목
    [size] 수량
    [limit] 지정가
    [stop] 손절가
    [target] 목표가
    [reason] 사유
    [dollars] 금액
    [score] 점수
    [until] 종료 시각
    [uses] 횟수
    [standing] 사전 승인
   *[other] { $field }
}
refused-bad-proposal = { proposal-field }: { $problem ->
    [unwatched] { $bound ->
        [none] “{ $asked }” 종목은 관심 종목이 아닙니다. /watch add로 추가하세요.
       *[other] “{ $asked }” 종목은 관심 종목이 아닙니다. 혹시 { $bound }인가요?
    }
    [not_under] { $asked } 값은 가격 { $bound }보다 낮아야 합니다.
    [not_over] { $asked } 값은 가격 { $bound }보다 높아야 합니다.
    [too_high] { $asked } 값이 너무 높습니다. 최대 { $bound }.
    [too_low] { $asked } 값이 너무 낮습니다. 최소 { $bound }.
    [not_whole] “{ $asked }”: 1주 단위로 입력하세요.
    [not_positive] “{ $asked }”: 0보다 커야 합니다.
    [no_size] “{ $asked }”: 수량으로 읽을 수 없습니다. 주수(400), 금액($20000), 순자산 비율(5%), 위험 비율(0.3% risk)로 입력하세요.
    [under_one_share] “{ $asked }”: 주당 { $bound }, 1주도 살 수 없습니다.
    [no_price] “{ $asked }”: 149.20 같은 가격을 입력하세요.
    [two_numbers] “{ $asked }”: { $bound } 중 무엇인지 알 수 없습니다. 소수점은 점(2.50), 천 단위는 1,000 또는 1000으로 입력하세요.
    [twice] 두 번 입력되었습니다. 한 번만 입력하세요.
    [no_number] { $asked } 값이 JSON 숫자가 아닙니다. 따옴표 없이 보내세요.
    [no_text] { $asked } 값이 일반 텍스트가 아닙니다.
    [too_long] { $bound }자를 넘습니다.
    [missing] 빠져 있습니다.
    [unknown_field] 신호에 없는 항목입니다.
    [only_buys] “{ $asked }”: 매수만 받습니다. 매도는 데스크의 청산 규칙을 따릅니다.
    [no_name] “{ $asked }”: 영문, 숫자, 공백, 점, 줄표로 된 1~40자여야 합니다.
    [no_time] “{ $asked }”: 2025-08-19T14:45:00Z처럼 시간대가 있는 시각이어야 합니다.
    [late] { $asked } 값이 봇의 시계와 { $bound } 넘게 차이 납니다.
    [no_json] 중첩 없는 JSON 객체 하나여야 합니다.
    [no_key] 매수마다 다른 1~{ $bound }자의 ASCII 문자여야 합니다.
    [reused] “{ $asked }” 키는 이미 다른 매수({ $bound })에 쓰였습니다.
   *[other] “{ $asked }” 값이 올바르지 않습니다 ({ $problem }).
} 제안하지 않았습니다.{ $example ->
    [none] { "" }
   *[other] { "" } 예: { $example }
}
refused-standing-over = 사전 승인({ $asked })이 유효하지 않습니다: 철회되었거나, 횟수를 모두 사용했거나, 기한이 끝났거나, 승인자가 권한을 잃었습니다. 아무것도 실행되지 않았습니다.
refused-bad-standing = { proposal-field }: { $problem ->
    [unwatched] “{ $asked }” 종목은 관심 종목이 아닙니다.
    [how_many] 종목을 1~{ $bound }개 입력하세요.
    [no_end] 24시간 안의 시각을 16:00처럼 입력하세요({ $zone } 시각).
    [too_high] { $asked } 값이 데스크 한도({ $bound })를 넘습니다.
    [no_score] “{ $asked }”: 0.1~{ $bound } 사이의 점수를 0.1 단위로 입력하세요.
    [not_positive] 0보다 큰 값을 입력하세요.
    [own] 직접 요청하셨으므로 다른 트레이더가 공동 승인해야 합니다.
    [too_many] 이미 { $bound }개가 있습니다. 먼저 하나를 철회하세요.
   *[no_figure] “{ $asked }”: 숫자로 읽을 수 없습니다.
} 승인되지 않았습니다.
refused-not-ours = 봇이 만든 버튼이나 창이 아니거나 중간에 변조되었습니다. 아무것도 실행되지 않았습니다. 최신 카드의 버튼을 쓰거나 명령을 입력하세요 (거래ID는 /trades).
refused-no-trade-here = 이 메시지는 거래 카드가 아닙니다. 제안 카드에서 상세를 쓰거나 /inspect 뒤에 종목이나 ID를 입력하세요.
refused-size-changed = 다른 사람이 수량을 바꿨습니다. { $trade_id }의 수량은 지금 { $shares }주입니다. 승인하지 않았으니 카드를 확인하고 다시 승인하세요.
refused-nothing-selected = 선택한 제안이 없습니다. 목록에서 먼저 선택하세요.
refused-too-old = { $at }에 만든 버튼이나 창으로, { $trade_id }에는 더 이상 유효하지 않습니다. 아무것도 실행되지 않았습니다. /trades로 확인하세요.
refused-halt-stands = { $why ->
    [not_halted] 되돌릴 것이 없습니다. 지금은 거래 중지 상태가 아닙니다.
   *[other] 거래 중지는 유지됩니다. { $why ->
        [not_yours] 거래 중지는 본인이 건 것만 되돌릴 수 있습니다. 다른 사람이 걸었거나, 그 뒤에 새로 건 것입니다.
        [too_late] 거래 중지는 30초 안에만 되돌릴 수 있습니다.
        [halted_too] 다른 사람이나 봇도 거래를 중지했습니다.
        [flattening] 전량 청산도 함께 요청되었습니다.
        [doubt] 그 전에 청산만 허용된 상태였거나, 확인되지 않은 문제가 남아 있습니다.
       *[halt_waits] 다른 거래 중지를 저장하는 중입니다.
    } 재개하려면 관리자가 /resume을 입력하세요.
}
refused-halted-meanwhile = 재개하지 않았습니다. 그동안 거래가 다시 중지되었습니다 ({ actor }). 사유를 확인하고, 그래도 재개해야 하면 다시 재개하세요.
refused-no-usable-strategy = 재개할 수 없습니다. 전략을 사용할 수 없는 상태입니다. /strategy에 표시된 줄을 고치고 봇을 재시작하면 다시 거래합니다. 그때까지 청산만 허용합니다.
refused-flatten-underway = 전량 청산 중입니다. 모두 청산되기 전에는 재개되지 않습니다. 지금 재개하려면 /resume anyway를 입력하세요. 아직 매도에 들어가지 않은 보유분은 유지되고 진행 중인 매도는 계속됩니다.
refused-repeated = 이미 처리된 요청입니다. 중복 실행되지 않았습니다.
refused-nobody-leads = { $since }부터 데스크 작업을 실행하는 프로세스가 없어 이 거래를 관리할 수 없습니다. 아무것도 실행되지 않았습니다. scheduler가 재시작 중이면 잠시 후 다시 시도하고, 아니면 먼저 scheduler를 시작하세요.
refused-symbol-halted = { $symbol } 거래가 { $since }부터 정지되어 있습니다: { $why }. 재개될 때까지 신규 진입을 하지 않습니다. 아무것도 실행되지 않았습니다.
refused-corporate-action = { $symbol } 기업행사가 예정되어 있습니다. 완료될 때까지 신규 진입을 하지 않습니다. 아무것도 실행되지 않았습니다.
refused-backtest = { $problem ->
    [strategy] { $nearest ->
        [none] “{ $asked }” 전략이 없습니다. 사용할 수 있는 전략: { $known }. 종목은 대문자로 입력하세요.
       *[other] “{ $asked }” 전략이 없습니다. 혹시 { $nearest }인가요? 사용할 수 있는 전략: { $known }.
    }
    [strategies] 전략은 한 번에 하나만 입력하세요. 입력한 전략: { $asked }.
    [symbol] { $nearest ->
        [none] “{ $asked }” 종목의 가격 데이터가 없습니다. 사용할 수 있는 종목: { $known }.
       *[other] “{ $asked }” 종목의 가격 데이터가 없습니다. 혹시 { $nearest }인가요?
    }
    [symbols] 백테스트 한 번에 종목은 { $most }개까지입니다(입력 { $asked }개). 종목을 줄여 주세요.
    [order] “{ $asked }” 기간의 종료일이 시작일보다 빠릅니다.
    [outside] “{ $asked }” 기간의 가격 데이터가 없습니다. 데이터가 있는 기간: { $known }.
    [long] “{ $asked }” 기간이 너무 깁니다. 백테스트 한 번에 { $most }일까지입니다.
   *[period] “{ $asked }” 기간을 이해할 수 없습니다. 날짜, 월, 연도 중 하나나 ..로 이은 두 개, 또는 90d 형식으로 입력하세요.
} 예: { $example }
refused-backtest-running = 이전 백테스트가 아직 진행 중입니다. 결과가 다이렉트 메시지로 도착한 뒤 다시 요청하세요.
refused-other-strategy = 매수하지 않음: 전략 { $proposed_by }의 제안인데 현재 적용 중인 전략은 { $in_force }입니다. 다음 제안을 기다리세요.
refused-risk = { $kind ->
    [too-many] 너무 많습니다: { $asked }. 현재 최대 { $limit }, 제한 요인: { $rule }.
   *[rule] 매수하지 않음: { $broken }. 다음 제안을 기다리세요.
}
refused-risk-unchanged = 변경하지 않음: { $broken }.
refused-order = 브로커가 주문을 거부했습니다: { $reason }. 매수되지 않았습니다.
refused-move = 브로커가 변경을 거부했습니다: { $reason }. { $field ->
    [target] 목표가는
   *[stop] 손절가는
} 그대로입니다.
refused-sale = 아직 매도되지 않았습니다. 브로커가 { $symbol } 매도 주문을 거부했습니다: { $reason }. 거래는 청산 중 상태로 남고 봇이 계속 시도합니다. 손절 주문이 없다고 보고 대비하세요.

## 장애

trouble-market = 지금 시세를 읽을 수 없습니다. 아무것도 실행되지 않았습니다. 1분 뒤 다시 시도하세요.
trouble-earnings = 실적 발표일 파일(EARNINGS_FILE)을 읽을 수 없습니다. 아무것도 실행되지 않았습니다.
trouble-news = 지금 뉴스를 읽을 수 없습니다. 아무것도 실행되지 않았습니다. 1분 뒤 다시 시도하세요.
trouble-broker = 브로커에 연결할 수 없습니다. 주문은 나가지 않았습니다. 1분 뒤 다시 시도하세요.
trouble-stream = Redis에 연결할 수 없습니다. 데이터 손실은 없습니다. 1분 뒤 다시 시도하세요.
trouble-order-unclear = 주문을 전송했으나 응답을 받지 못했습니다. 봇이 브로커에 확인 중이니 다시 주문하지 마세요.
trouble-order-exists = 브로커에 이미 이 주문이 있으며 봇이 확인 중입니다. 다시 주문하지 마세요.
trouble-cancel-pending = 브로커가 주문 취소를 아직 처리 중입니다. 취소가 끝나면 대기 중인 주문이 나갑니다. 1분 뒤 다시 시도하세요.
trouble-fenced = 처리하는 동안 다른 봇이 넘겨받았거나 거래가 중지되었습니다. 처리된 내용이 없으니 다시 시도하세요.
trouble-memory = 지금은 데스크 상태를 데이터베이스 밖에 저장할 수 없습니다. 처리된 내용이 없으니 1분 뒤 다시 시도하세요.
trouble-again = 지금은 처리할 수 없습니다. 결정된 내용은 없습니다. 1분 뒤 다시 시도하세요.
trouble-halt = 데이터베이스를 읽거나 쓸 수 없어 거래를 모두 멈췄습니다. 운영자에게 연락하세요.
trouble-halt-held = ⛔ 거래 중지: 진입 주문이 더 나가지 않습니다. 지금은 데이터베이스에 쓸 수 없어 복구되는 즉시 중지를 저장합니다. 재시작해도 중지는 유지됩니다.
books-back = ✅ 데이터베이스가 복구되어 다시 읽고 쓸 수 있습니다.
channel-lost = ⚠️ 데스크 채널 <#{ $channel }>에 글을 올릴 수 없습니다(`{ $why }`). { $waiting ->
    [0] 아직 대기 중인 알림은 없습니다.
   *[other] 알림 { $waiting }건이 대기 중입니다.
 } 이 상태가 계속되면 자동매매가 매수를 멈춥니다. 그동안 긴급 알림은 여기로 보냅니다.
channel-back = ✅ <#{ $channel }>에 다시 글을 올릴 수 있습니다. 대기 중이던 알림은 모두 채널에 올렸습니다.
another-desk-refused = ⚠️ 다른 데이터베이스를 쓰는 두 번째 봇이 이 Slack 앱으로 시작되었습니다. 이 데스크의 명령(거래 중지 포함) 절반이 그쪽으로 갈 수 있어 두 번째 봇은 명령을 받지 않습니다. 별도의 앱을 쓰게 하세요.
another-desk-found = ⛔ 다른 데이터베이스를 쓰는 봇이 이 Slack 앱에 연결되어 이 데스크의 명령(거래 중지 포함) 일부를 가져가고 있습니다. 지금 그 봇을 멈추거나 별도의 앱을 쓰게 하세요. 그때까지는 명령마다 이 데스크가 답했는지 확인하세요.
halted-only-here = ⚠️ <#{ $channel }> 데스크만 거래를 중지했습니다. 이 Slack 앱에 다른 봇이 연결되어 있을 수 있으니, 멈추려던 데스크가 맞는지 확인하고 아니라면 멈출 때까지 다시 중지하세요.
unfinished = ⚠️ { $time }에 요청하신 작업({ $said })을 처리하던 중에 봇이 멈췄습니다. 실행되었을 수도, 아닐 수도 있습니다. /desk와 /trades로 확인하고, 실행되지 않았다면 다시 요청하세요.
unexpected = 오류가 발생해 처리 여부를 확인하지 못했습니다. 다시 시도하기 전에 /trades로 확인하세요. 운영자용 오류 번호: { $id }

# 데모 화면

demo-step-desk = 1/3 데스크를 여는 중: 데이터베이스, 기록된 시세, 모의 브로커 (데이터: { $folder })…
demo-step-slack = 2/3 로컬 Slack을 시작하고 봇을 연결하는 중…
demo-step-ready = 3/3 준비 완료. 브라우저에서 { $url } 주소를 여세요. 지금은 관리자 Dana이며, 오른쪽 위에서 다른 사람으로 바꿀 수 있습니다. 끝내려면 Ctrl-C.
demo-note-line = 시세는 생성한 값이며 실제 자금은 쓰지 않습니다
demo-note = 각 거래일의 시가·종가·거래량은 실제 기록입니다. 그 사이의 장중 가격은 호가까지 모두 무작위로 생성한 값이므로, 여기서 나는 손익은 전략의 성과를 뜻하지 않습니다. 뉴스는 데모용으로 작성했고 주문은 모의 체결입니다. 실제 자금은 사용하지 않습니다.
demo-clock = 데스크 시각 { $time }, 실제보다 { $speed }배 빠름

## 로그: 사건의 이름

log-a-listener-failed = 주문 업데이트 처리 실패
log-admin-not-reached = 관리자에게 다이렉트 메시지 전송 실패
log-another-desk-found = 같은 Slack 앱에 다른 데스크가 연결됨
log-another-desk-suspected = 이 데스크의 봇보다 Slack 앱 연결이 많음
log-answer-given-up = 답변 전송 포기
log-answer-not-sent = 답변 전송 실패
log-answer-not-shown = 답변을 표시할 수 없음
log-answer-not-taken = Slack이 답변을 받지 않음
log-approved = 거래 승인
log-activities-read = 계좌 활동 내역 조회
log-call-came-too-late = 이미 결정된 제안이라 호출하지 않음
log-direct-call-refused = 당직자에게 다이렉트 메시지를 보내지 못해 채널에서 멘션
log-duty-called = 당직자 호출
log-http-answer-not-taken = HTTP: 상대가 응답을 제때 읽지 않음
log-http-crowded = HTTP: 연결 수 한도에 도달해 요청이 가장 오래 완성되지 않은 연결을 끊음
log-http-too-slow = HTTP: 요청이 제한 시간 안에 다 도착하지 않음
log-exit-held-back = 다른 프로세스가 먼저 처리하여 청산 주문 보류
log-held-back = 다른 프로세스가 처리 중이므로 보류, 기록·전송 없음
log-leads = 이 프로세스가 리더로 동작
log-nobody-leads = 리더 프로세스가 없음
log-leads-no-more = 이 프로세스는 더 이상 리더가 아님
log-lease-not-given-up = 리더 권한을 반납하지 못함
log-lease-not-asked-for = 예상하지 못한 오류로 리더 권한을 요청하지 못함
log-lease-not-renewed = 리더 권한을 갱신하지 못함
log-lines-repeated = 같은 로그가 반복됨
log-older-answer = 브로커 응답이 저장된 내용보다 이전 것이어서 다시 조회
log-order-adopted = 데이터베이스에 없던 주문을 거래로 복구
log-filled-late = 종료 처리한 거래의 매수 주문이 뒤늦게 체결됨
log-corporate-actions-not-read = 기업행사 일정을 읽을 수 없음
log-request-of-others = 다른 워크스페이스나 앱의 요청을 거부함
log-roster-unreadable = 당직 명단을 읽을 수 없어 아무도 호출하지 않음
log-settings-taken-over = 다른 프로세스가 변경한 설정 적용
log-token-guessed = HTTP: HTTP_TOKEN이 틀림, 반복 시도를 지연시킴
log-task-done = 작업 완료
log-task-done-here = 워커 대신 이 프로세스에서 작업 완료
log-task-failed = 작업 실패
log-task-not-counted = 작업을 제외했으나 건수를 기록하지 못함
log-standing-approval = 사전 승인 변경 또는 사용
log-signal-forged = 데스크의 비밀키로 서명되지 않은 외부 신호를 거부함
log-signal-not-now = 외부 신호를 지금 처리할 수 없음
log-host-not-trusted = HTTP_TRUST_HOST 적용 안 됨: 자체 네트워크를 가진 컨테이너가 아님
log-task-set-aside = 작업 제외, 다시 시도하지 않음
log-task-unknown = 이 워커의 버전이 알지 못하는 작업
log-tasks-left-out = 처리하던 워커가 비정상 종료되어 작업을 건너뜀
log-tasks-not-handed-out = 메시지 브로커에 연결할 수 없어 워커에 작업을 넘기지 못함
log-strategy-unusable = 전략 사용 불가: 운용 전략이면 청산만, 섀도 전략이면 제외
log-strategy-process-started = Python 전략 프로세스 시작
log-strategy-switched = 이전과 다른 전략으로 거래
log-took-over = 응답 없는 리더를 이 프로세스가 이어받음
log-trade-restated = 기업행사로 거래 수량과 가격 조정
log-old-exit-not-cancelled = 이전 가격의 청산 주문을 취소하지 못함
log-buying-back = 초과 매도 수량 환매수 중
log-not-bought-back = 초과 매도 수량을 환매수하지 못함
log-cover-refused = 브로커가 초과 매도분 환매수를 거부
log-surplus-was-others = 초과 매도분을 다른 보유 수량에서 정산
log-spin-off-waits = 기업분할 가치를 아직 산정할 수 없음
log-waiting-signals-unreadable = 대기 중이던 신호를 읽을 수 없음
log-action-late = 적용일이 된 기업행사가 브로커에 아직 반영되지 않음
log-spin-off-without-price = 기업분할 종목의 시세를 읽을 수 없음
log-corporate-action-absent = 예고된 기업행사가 일어나지 않음
log-oversold = 보유량보다 많이 매도됨
log-order-came-late = 끝난 거래의 주문이 뒤늦게 도착
log-order-kept = 취소를 요청한 주문이 브로커에 남아 있음
log-exit-moved-by-hand = 손절·익절 주문이 브로커에서 수동으로 변경됨
log-entry-changed-by-hand = 매수 주문이 브로커에서 수동으로 변경됨
log-exit-makes-no-sense = 즉시 체결될 손절·익절 주문이라 보내지 않음
log-exit-moved = 손절·익절 주문 변경
log-exit-not-moved = 손절·익절 주문을 변경하지 못함
log-stop-tightened = 가격을 따라 손절가를 올림
log-approved-first = 거래 1차 승인, 2차 승인 대기
log-audit-head = 감사 기록 현황
log-breaker-mended = Redis의 서킷 브레이커 상태 복구
log-cancelled = 거래 취소
log-cannot-be-shown = 메시지를 표시할 수 없음
log-cannot-look-at-channel = 현재 권한으로 채널을 조회할 수 없음
log-cannot-look-for-message = Slack 메시지 조회 불가
log-cards-not-redrawn = 카드 갱신 보류
log-carried-out-elsewhere = 거래가 이미 집행됨
log-checkpoint-failed = 데이터베이스 체크포인트 실패
log-channel-not-seen = Slack이 채널 조회를 거부함
log-channel-not-told = 채널에 알리지 못함
log-claude-answer-rejected = Claude 답변 검증 실패
log-answer-rejected = 질문에 대한 Claude 답변 검증 실패
log-question-failed = 질문에 대한 Claude 응답 없음
log-sentence-dropped = 기록과 맞지 않는 답변 문장 제외
log-claude-failed = Claude 응답 없음
log-closed = 거래 청산 완료
log-closing = 거래 청산 중
log-closing-everything = 브로커에서 전량 청산 중
log-crashed = 프로그램이 비정상 종료됨
log-database-went-back = 데이터베이스가 마지막으로 확인한 상태보다 오래됨
log-decided-at-the-last-moment = 만료 직전에 거래 결정
log-desk-changed = 데스크 상태 변경
log-desk-memory-not-kept = 데스크의 마지막 상태를 데이터베이스 밖에 저장하지 못함
log-desk-not-told = 작업 실패를 데스크에 알리지 못함
log-entry-came-late = 거래 종료 후 주문 도착
log-entry-not-cancelled = 진입 주문을 취소하지 못함
log-entry-not-withdrawn = 진입 주문을 철회하지 못함
log-entries-set-aside = 신호 스트림 항목을 따로 옮김
log-expired = 거래 제안 만료
log-failed = 거래 실패, 주문 거부됨
log-group-not-told = 사용자 그룹을 읽지 못함
log-turned-away = 응답 없이 버린 요청의 건수만 기록
log-crowd-not-in-the-audit = 버린 요청 건수를 감사 기록에 남기지 못함
log-group-has-nobody = Slack이 사용자 그룹 정보를 거부함: 이 그룹으로는 아무도 권한이 없음
log-group-changed = 사용자 그룹 변경됨
log-person-changed = 워크스페이스 구성원 변경됨
log-person-not-shown = Slack이 구성원 정보를 보여 주지 않음
log-person-not-told = Slack에서 구성원 정보를 받지 못함
log-watchlist-taken-over = 다른 프로세스가 변경한 관심 종목 적용
log-workspace-not-told = Slack에서 워크스페이스 정보를 받지 못함
log-channel-is-shared = 데스크 채널이 다른 워크스페이스와 공유됨
log-flat = 전량 청산 완료
log-foreign-bare = 외부 보유분에 손절 주문 없음
log-foreign-protected = 외부 보유분에 손절 주문 전송
log-halted = 거래 중지
log-halt-overtaken = 기록되지 못한 중지 요청 폐기, 이후 거래 재개됨
log-corporate-action-broken = 형식이 잘못된 기업행사 제외
log-activity-broken = 형식이 잘못된 계좌 활동 제외
log-doubts = 청산만 허용하는 사유
log-activities-cut-short = 계좌 활동 내역 일부만 읽음, 나머지는 다음에
log-headline-broken = 형식이 잘못된 뉴스 제외
log-asked-to-wait = Slack 요청에 따라 대기
log-held-up = 지연
log-home-refused = Slack이 앱 홈을 거부함
log-job-failed = 작업 실패
log-kept-calendar-not-read = 저장된 거래일 달력을 읽지 못함
log-looked-too-long-ago = 주문 전 확인이 오래되어 다시 확인
log-not-given-up = 다른 봇이 담당하게 되어 거래를 끝내지 않음
log-order-exists = 주문이 브로커에 있어 조회 중
log-order-held-back = 거래 주문 보류, 전송하지 않음
log-order-lock-lost = 주문 잠금 연결 끊김
log-order-lock-taken-over = 중지를 위해 주문 잠금을 넘겨받음
log-order-lock-was-not-left = 이전 봇이 주문 잠금을 풀지 않음
log-line-made-anew = Slack 재연결
log-line-not-moved = Slack 연결을 교체하지 못해 기존 연결 유지
log-nobody-reached = 채널에 올릴 수 없고 관리자에게도 알리지 못함
log-not-served = 아직 연결이 열리지 않아 요청을 처리하지 않음
log-notice-held-up = 알림 전송 지연
log-order-not-cancelled = 주문 취소 실패
log-loss-limit = 손실 한도 도달
log-person-not-reached = 다이렉트 메시지 전송 실패
log-sold-by-hand = 거래 수량 수동 매도
log-stop-by-hand = 브로커에서 직접 낸 손절 주문 발견
log-message-refused = Slack이 메시지를 거부함
log-message-was-there = 이미 게시된 메시지
log-newer-blocks-refused = Slack 워크스페이스가 새 블록을 지원하지 않아 블록 없이 전송
log-news = 뉴스 조회
log-headline-left-out = 뉴스 제외: 다른 뉴스는 처리하면서 이 뉴스에서만 Claude가 반복 실패
log-news-cut-short = 뉴스가 너무 많아 일부만 읽음
log-not-approved = 거래 자동 승인되지 않음
log-not-carried-out = 거래 집행되지 않음
log-nights-not-read = 일봉이 없어 야간 변동을 산정하지 못함
log-position-adopted = 다른 곳에서 매수한 보유분을 거래로 등록함
log-note-kept = 거래 메모 저장
log-note-not-kept = 메모를 저장하지 못함
log-note-of-a-stranger = 권한 없는 사람의 메시지라 메모로 저장하지 않음
log-trade-graded = 매매 과정 평가됨
log-earnings-unreadable = 실적 발표일을 읽지 못함
log-not-closed = 거래 청산되지 않음
log-not-in-the-audit = 거부 내역을 감사 기록에 남기지 못함
log-not-looked-at = 이번 점검에서 거래를 확인하지 못함
log-look-failed = 거래를 확인하는 중 내부 오류 발생
log-trade-fault-over = 내부 오류로 막혔던 거래가 다시 처리됨
log-not-now = 요청을 지금 처리할 수 없음
log-not-sent-again = 거래 주문을 다시 보내지 않음
log-open = 거래 체결, 보유 시작
log-first-look-cut = 계좌 첫 조회: 오래된 체결은 주문까지 확인하지 않음
log-execution-of-an-unknown-order = 데이터베이스에 없는 자체 주문의 체결 발견
log-order-unclear = 주문 결과 불명, 브로커에 확인 중
log-order-unknown-to-broker = 브로커에 없는 거래 주문
log-order-would-be-refused = 브로커가 거부할 주문이라 제안하지 않음
log-proposed = 신호에 따라 거래 제안
log-picture-left-out = 대기 중인 차트가 많아 생략
log-picture-sent = 차트 전송
log-report-without-account = 브로커 무응답, 계좌 없이 리포트 작성
log-audit-not-anchored = 감사 기록의 마지막 행을 데이터베이스 밖에 기록하지 못함
log-env-file-passed-over = 현재 폴더의 .env는 읽지 않음: --env-file로 지정하세요
log-reports = 리포트 처리
log-protected = 거래 손절·익절 주문 설정
log-redraw-refused = Slack이 메시지 수정을 거부함
log-refused = 거래 자동 거부
log-rejected = 거래 거절
log-replay-skipped = 거래할 구간이 없어 재생을 건너뜀
log-cancel-pending = 매도 대기: 브로커가 주문 취소를 처리 중
log-selling = 거래 보유분 매도 중
log-service-back = 서비스 복구
log-service-lost = 서비스 응답 없음
log-slack-heard = Slack 응답 복구
log-slack-out-of-reach = Slack에 연결할 수 없음
log-stream-moved-away = 쓸 수 없는 신호 스트림을 옮기고 새로 시작
log-slack-silent = Slack 무응답, 자동매매 대기
log-setting-not-taken = 변경한 설정이 구성값과 충돌해 무시
log-score-not-repeatable = 봉에서 점수가 재현되지 않아 제안하지 않음
log-promotion-lapsed = 승격 효력 상실, STRATEGY 전략으로 거래
log-shadow-failed = 섀도 전략 또는 받아들이지 않은 제안의 결과를 계산하지 못함
log-bars-read-anew = 수정된 봉을 다시 불러옴
log-snapshot-broken = 형식이 잘못된 시세 제외
log-step-failed = 작업 스레드 단계 실패
log-submitted = 거래 주문 전송
log-symbol-invalid = Alpaca에 없는 종목
log-target-not-moved = 거래 목표가를 변경하지 못함
log-stream-message-not-read = 스트림 메시지를 읽지 못함
log-stream-given-up = 스트림 수신 포기: Alpaca가 키를 거부함
log-stream-lost = 스트림 끊김, 재연결 중
log-stream-refused = Alpaca가 스트림 접속을 거부함
log-stream-request-refused = Alpaca가 스트림 요청 일부를 거부함
log-symbol-halted = 거래소가 종목 거래를 정지함
log-symbol-resumed = 종목 거래 재개
log-halts-in-doubt = 정지된 종목의 거래 재개 여부를 확인하지 못함
log-bracket-parted = 브래킷 주문 분할: 일부는 익절, 나머지는 별도 손절
log-bracket-not-parted = 브래킷 주문을 분할하지 못함
log-part-sold = 목표가에서 일부 매도
log-stop-sold = 손절 주문으로 일부 매도
log-trade-updates-not-heard-yet = 주문 업데이트 수신 전
log-worker-begins-anew = 워커에 장애가 발생해 다시 시작
log-worker-ready = 워커 준비 완료
log-unexpected = 요청 처리 중 예상 밖 오류
log-unfinished-not-forgotten = 미완료 요청을 지우지 못함
log-unfinished-not-noted = 미완료 요청을 기록하지 못함
log-backtest-failed = 백테스트 결과 없음
log-picture-not-sent = Slack이 차트를 거부함
log-unfinished-not-told = 미완료 요청을 알리지 못함
log-unprotected = 거래에 유효한 손절 주문 없음

## 백테스트 페이지

backtest-verdict = { $verdict ->
    [too_few] 우위가 확인되지 않음: { $trades ->
        [0] 거래가 없습니다.
       *[other] 거래가 { $trades }건뿐입니다.
    } 판단하려면 최소 { $fewest }건이 필요합니다.
    [no_edge] 우위가 확인되지 않음: 평균 거래 성과가 { $low } ~ { $high } 사이라 0일 수 있습니다.
    [loses] 우위가 확인되지 않음: 손실 전략입니다. 평균 거래 성과가 { $low } ~ { $high } 사이입니다.
    [unchecked] 우위가 확인되지 않음: 파이썬 코드로 된 전략인데 미래 참조 검사를 거치지 않았습니다. trading-bot lookahead로 검사한 뒤 trading-bot backtest를 실행하세요.
    [looks_ahead] 우위가 확인되지 않음: 미래 참조 검사를 통과하지 못한 전략입니다. 이유는 trading-bot lookahead로 확인하세요.
    [control] 우위가 확인되지 않음: { $walks ->
        [0] 비교할 랜덤워크가 없어 우연만으로 어디까지 나오는지 알 수 없습니다. 랜덤워크를 20개 이상으로 다시 실행하세요.
       *[other] 수익이 날 수 없는 랜덤워크 { $walks }개 중 { $edges }개에서 우위로 보였고(10%까지 허용), 우연만으로 이만큼 나올 확률은 { $chance }입니다(5%까지 허용).
    }
    [tried_too_often] 우위가 확인되지 않음: 이 데이터로 변형 { $variants }개를 시도했으므로 { $is_known ->
        [no] 운이 얼마나 작용했는지 알 수 없습니다. 판단하려면 20일 이상의 데이터와 샤프 지수가 있는 변형 2개가 필요합니다.
       *[yes] 운으로도 설명됩니다(확신도 { $probability }, 95% 필요).
    }
   *[edge] 이 데이터에서는 우위가 있습니다. 평균 거래 성과는 { $low } ~ { $high } 사이입니다. 증거일 뿐 증명은 아닙니다.
}
backtest-between = { $low } ~ { $high }
backtest-data = { $data ->
    [recorded] 기록된 시세
    [random-walk] 랜덤워크
    [alpaca-iex] Alpaca(IEX)
    [alpaca-sip] Alpaca(SIP)
   *[other] { $data }
}
backtest-page-title = { $strategy } 백테스트
backtest-page-about = { $strategy }, { $symbols }개 종목, { $first } ~ { $last }, 데이터: { $data }
backtest-page-figure = { $figure ->
    [total] 수익률
    [holding] 매수 후 보유
    [spy] SPY
    [growth] 연환산 수익률
    [drawdown] 최대 낙폭
    [trades] 거래 수
    [hits] 승률
    [expectancy] 평균 거래
    [factor] 프로핏 팩터
    [sharpe] 샤프 지수
    [sortino] 소르티노 지수
    [calmar] 칼마 지수
    [exposure] 투자 비중
   *[turnover] 연간 회전율
}
backtest-page-times = { $times }배
backtest-page-doubts = 얼마나 믿을 수 있는가
backtest-page-interval = 평균 거래 성과는 { $mean }이며, { $confidence } 신뢰구간은 { $low } ~ { $high }입니다(블록 부트스트랩, { $block ->
    [1] 거래 1건 단위
   *[other] 거래 { $block }건 블록
}).
backtest-page-control = 대조군: 변동성이 같은 랜덤워크 { $walks }개에서 거래당 평균 { $mean }, 그중 우위로 보인 것은 { $edges }개입니다. 우연만으로 이만큼 나올 확률은 { $probability }입니다.
backtest-page-deflated = { $variants ->
    [1] 이 데이터로 시도한 첫 변형입니다. 샤프 지수가 실제로 0보다 클 확률은 { $probability }입니다.
   *[other] 이 데이터로 시도한 변형 { $variants }개 중 하나입니다. 샤프 지수가 그중 가장 운 좋은 결과를 넘을 확률은 { $probability }입니다(디플레이티드 샤프).
}
backtest-page-walked = 워크포워드 { $windows }개 구간: 선택한 기간에는 거래당 { $train }, 이후 기간에는 { $test }({ $between }).
backtest-page-gap = 최악의 갭: { $symbol }, { $day }에 손절가보다 { $beyond } 낮게 매도되어 { $multiple }.
backtest-page-strategy = 전략
backtest-page-holding = 매수 후 보유
backtest-page-equity = 수익률
backtest-page-drawdown = 낙폭
backtest-page-deepest = 최대 낙폭: { $day }에 고점 대비 { $drawdown }
backtest-page-months = 월별 수익률
backtest-page-distribution = 위험 대비 거래 성과(R) 분포
backtest-page-distribution-told = 거래 { $trades }건, 수익 { $won }건, 최저 { $worst }, 최고 { $best }
backtest-page-mean = 평균 { $mean }
backtest-page-symbol = { $symbol } 거래 { $trades }건, 수익 { $won }건. ▲ 매수, ■ 이익 매도, ✕ 손실 매도{ $shown ->
    [0] { "" }
   *[other] . 최근 { $shown }건만 표시
}
backtest-page-windows = 워크포워드
backtest-page-window = { $chosen }: 선택 기간 { $train }, 이후 { $test }(거래 { $trades }건)
backtest-page-inputs = 실행 조건
backtest-page-input = { $input ->
    [strategy] 전략
    [data] 데이터
    [symbols] 종목
    [cash] 시작 자금
    [spread] 스프레드
    [slippage] 슬리피지
    [participation] 봉 거래량 대비 최대 체결
    [fees] 매도 수수료
    [seed] 시드
   *[version] 버전
}
backtest-page-bp = { $points }bp
backtest-page-fees = SEC 100만 달러당 { $sec }, TAF 주당 { $taf }(최대 { $most })
backtest-page-exits = 거래 종료 사유
backtest-page-exit = { $exit ->
    [stop] 손절가 도달
    [target] 목표가 도달
    [signal] 매도 신호
    [corporate_action] 기업행사 또는 상장폐지
    [overnight] 오버나이트 보유 안 함
    [before_close] 마감 전 전량 청산
    [longest_hold] 최대 보유 기간 도달
   *[desk] 데이터 종료
}
backtest-page-ended = 거래 { $trades }건, 평균 { $mean }
backtest-page-refused = 거래로 이어지지 않은 신호
backtest-page-reason = { $reason ->
    [symbol_taken] 이미 진행 중인 거래 있음
    [symbol_rests] 재진입 대기 중
    [order_refused] 손절가나 목표가가 현재가와 너무 가까움
    [target_passed] 목표가가 현재가보다 높지 않음
    [insufficient_buying_power] 매수 가능 금액 부족
    [solvency] 순자산 없음
    [daily_loss] 일일 손실 한도
    [drawdown] 낙폭 한도
    [losing_streak] 연속 손실 후 거래 중단
    [stop_cooldown] 손절 후 재진입 금지
    [trades_a_day] 하루 거래 한도
    [open_positions] 보유 종목 수 한도
    [risk] 거래당 위험 한도로 1주도 매수 불가
    [headroom] 동시위험 한도 여유 없음
    [risk_of_one_trade] 거래당 위험 한도
    [open_risk] 동시위험 한도
    [buying_power] 매수 가능 금액
    [exposure] 종목당 비중 한도
    [overnight_risk] 오버나이트 위험 한도
    [overnight_unknown] 오버나이트 위험 산정 불가
    [not_tradable] 이 브로커에서 거래 불가
    [min_price] 최저 주가
    [min_volume] 최소 거래량
    [spread] 최대 스프레드
   *[other] { $reason }
}
# 봉의 결함.
bar-flaw = { $flaw ->
    [foreign] 요청하지 않은 종목
    [off_grid] 봉 시작 시각과 어긋남
    [early] 아직 끝나지 않은 봉
    [doubled] 같은 시각의 중복 봉
    [out_of_order] 시간 순서가 뒤바뀜
    [no_number] 가격 또는 거래량 누락
    [not_positive] 0 이하의 가격 또는 음수 거래량
    [crossed] 서로 모순되는 가격
    [no_trade] 거래량 없음
    [corrected] 나중에 정정됨
   *[unrepeatable] 다시 계산한 점수가 다름
}
backtest-note = { $note ->
    [generated] 시가, 종가, 거래량은 실제 기록이고 장중 가격은 그 사이를 생성한 값입니다.
    [random] 랜덤워크 가격입니다. 여기서 나는 수익은 운일 뿐입니다.
    [no_news] 뉴스 없이 기술적 점수로만 거래했습니다.
    [news] 뉴스 포함: { $count }건, { $symbol }. 각 뉴스는 도착 1분 뒤부터 반영합니다.
    [news_unscored] 예산이 끝나 뉴스 { $count }건을 채점하지 못했고 반영하지 않았습니다. 채점한 것은 보관되며, 다시 실행하면 이어서 채점합니다.
    [no_dividends] { $count ->
        [0] 배당 정보가 없어 배당은 반영하지 않았습니다.
        [1] { $symbol }의 배당 정보가 없어 이 종목의 배당은 반영하지 않았습니다.
       *[other] { $symbol } 등 { $count }개 종목의 배당 정보가 없어 이들의 배당은 반영하지 않았습니다.
    }
    [dividends_in_prices] 배당이 반영된 수정주가이므로 배당을 현금으로 따로 지급하지 않았습니다.
    [no_earnings] 실적 발표일을 알 수 없어 NO_ENTRY_DAYS_BEFORE_EARNINGS는 적용하지 않았습니다.
    [jump] { $symbol }: { $day }에 { $change } 변동했지만 알려진 액면분할이 없습니다. 분할 전 가격일 수 있습니다.
    [split_unseen] { $symbol }: --actions에는 { $day }에 액면분할이 있지만 가격은 { $change } 변동했습니다. 이미 수정주가라면 분할이 두 번 반영되므로 파일에서 빼세요.
    [missing_days] { $symbol }: 거래 기간 중 { $count }일의 봉이 없습니다(처음 { $day }).
    [missing_bars] { $symbol }: 전체 시간의 { $part }에 봉이 없으며, 그동안은 매매하지 않습니다.
    [refused] 제외하거나 고친 봉 { $count }개: { $symbol }.
    [late] { $symbol }: { $day }부터의 봉만 있습니다.
    [delisted] { $symbol }의 봉이 먼저 끝나, 보유분은 마지막 가격에 매도한 것으로 봅니다.
   *[unfinished] 종료 시점에 남은 거래 { $count }건은 마지막 가격에 매도한 것으로 봅니다.
}
backtest-notes-more = 결과 파일에 참고 사항 { $count }건이 더 있습니다.
backtest-progress = { $part ->
    [data] 봉 읽는 중
    [news] 뉴스 채점
    [control] 랜덤워크 대조
    [lookahead] 미래 참조 검사
    [indicators] 지표 계산 중
    [variants] 변형별 모의 거래
   *[trades] 모의 거래
}
backtest-news-cost = 채점할 뉴스 { $new }건(이미 채점한 것 { $known }건): Claude 비용 약 { $about }, 최대 { $most }. 예산 { $budget }에 이르면 멈춥니다.
backtest-news-ask = 채점할까요?
backtest-newest = 최근 거래 { $count }건
backtest-column = { $column ->
    [symbol] 종목
    [bought] 매수일
    [shares] 수량
    [entry] 매수가
    [exit] 매도가
    [reason] 사유
   *[result] 손익
}
backtest-taken = 🧪 백테스트를 접수했습니다. 진행 상황과 결과는 다이렉트 메시지로 보냅니다.
backtest-waiting = 🧪 { $said } 대기 중입니다.
backtest-running = 🧪 { $said } 실행 중입니다. { $doing }: { $percent }%
backtest-asked = { $said } 결과입니다. 차트와 전체 보고서는 스레드에 있습니다.
backtest-ended = { $why ->
    [bars] { $symbol ->
        [none] ⚠️ { $said }: 해당 기간의 가격 데이터가 없습니다. 다른 기간으로 요청하세요.
       *[other] ⚠️ { $said }: 해당 기간에 { $symbol } 가격 데이터가 없습니다. 다른 기간으로 요청하거나 이 종목을 빼세요.
    }
    [market] ⚠️ { $said }: 지금은 시장 데이터를 받을 수 없습니다. 몇 분 뒤에 다시 요청하세요.
    [long] ⚠️ { $said }: 너무 오래 걸려 종료했습니다. 종목이나 기간을 줄여 주세요.
    [died] ⚠️ { $said }: 결과 없이 종료되었습니다. 메모리가 부족했을 수 있으니 종목이나 기간을 줄여 주세요.
    [stopped] ⚠️ { $said }: 봇이 멈춰 중단되었습니다. 다시 요청하세요.
    [direct] ⚠️ { $said }: 시작하지 않았습니다. 결과를 보낼 다이렉트 메시지를 열 수 없습니다. 앱의 메시지 탭을 열거나 관리자에게 사용 설정을 요청하세요.
    [strategy] ⚠️ { $said }: 사용할 수 없는 전략입니다. 로그에 나온 원인을 전략 작성자에게 전달하세요.
   *[raised] ⚠️ { $said }: 실패했습니다. 원인은 로그에 있습니다. 운영자에게 문의하거나 다른 전략, 종목, 기간으로 요청하세요.
}
backtest-unattached = ⚠️ Slack이 차트와 보고서 파일을 받지 않았습니다. 위 수치는 그대로 유효하며, 파일이 필요하면 다시 요청하세요.
backtest-file-title = 백테스트 전체 보고서
backtest-picture-title = 백테스트 자산 곡선
backtest-picture-alt = 계좌 { $first }에서 { $last }. 매수 후 보유 시 { $held }. { $verdict }
backtest-kept = 저장됨: { $result }, { $page }

## The page of a sweep

sweep-planned = 변형 { $variants }개: { $sizes }
sweep-title = { $strategy } 매개변수 탐색
sweep-about = { $strategy } 변형 { $variants }개, { $symbols }개 종목, 데이터: { $data }
sweep-verdict = { $verdict ->
    [too_few] 우위가 확인되지 않음: { $trades ->
        [0] 이후 기간에 거래가 없습니다.
       *[other] 이후 기간의 거래가 { $trades }건뿐입니다.
    } 판단하려면 최소 { $fewest }건이 필요합니다.
    [no_edge] 우위가 확인되지 않음: 선택한 변형의 이후 기간 평균 거래 성과가 { $low } ~ { $high } 사이라 0일 수 있습니다.
    [loses] 우위가 확인되지 않음: 선택한 변형이 이후 기간에 손실을 냈습니다. 평균 거래 성과가 { $low } ~ { $high } 사이입니다.
    [tried_too_often] 우위가 확인되지 않음: 이 데이터로 변형 { $variants }개를 시도했으므로 { $is_known ->
        [no] 운이 얼마나 작용했는지 알 수 없습니다. 판단하려면 20일 이상의 데이터와 샤프 지수가 있는 변형 2개가 필요합니다.
       *[yes] 운으로도 설명됩니다(확신도 { $probability }, 95% 필요).
    }
   *[edge] 이 데이터에서는 우위가 있습니다. 선택한 변형의 이후 기간 평균 거래 성과는 { $low } ~ { $high } 사이입니다. 증거일 뿐 증명은 아닙니다.
}
sweep-tried = 지금까지 이 데이터로 변형 { $variants }개를 시도했습니다. { $is_known ->
    [no] 결과에 운이 얼마나 작용했는지는 알 수 없습니다. 판단하려면 20일 이상의 데이터와 샤프 지수가 있는 변형 2개가 필요합니다.
   *[yes] 이번 탐색의 최고 샤프 지수가 그중 가장 운 좋은 변형보다 나을 확률은 { $probability }입니다(디플레이티드 샤프 지수).
}
sweep-map = 전체 기간의 모든 변형
sweep-map-note = { $variants ->
    [1] 변형별 평균 거래 성과입니다.
   *[other] 칸마다 변형 { $variants }개의 중앙값입니다.
} 모든 변형을 같은 봉으로 실행했으므로 가장 높은 값이라도 앞으로의 성과를 말해 주지 않습니다. 이후 기간의 결과만 의미가 있습니다.
sweep-trades = 거래 { $trades }건
sweep-column = { $column ->
    [sessions] 이후 기간
    [chosen] 직전에 선택한 변형
    [before] 선택 기간
    [after] 이후 기간 성과
   *[trades] 거래 수
}
