// The page's own words in the language of the workspace. English is what the code says; Korean stands here beside it.

const KOREAN = {
  "(a {type} block: not shown in the local workspace)": "({type} 블록은 로컬 워크스페이스에 표시되지 않습니다)",
  "({type} is not shown in the local workspace)": "({type} 요소는 로컬 워크스페이스에 표시되지 않습니다)",
  "(edited)": "(편집됨)",
  "(optional)": "(선택 사항)",
  "1 new message": "새 메시지 1개",
  "{count} new messages": "새 메시지 {count}개",
  "1 reply": "댓글 1개",
  "{count} replies": "댓글 {count}개",
  "A stand-in for Slack, on this machine only.": "이 컴퓨터에서만 쓰는 Slack 대역입니다.",
  App: "앱",
  "App home": "앱 홈",
  Apps: "앱",
  "As the system": "시스템 설정",
  Back: "뒤로",
  Cancel: "취소",
  Channel: "채널",
  Channels: "채널",
  "Channels and people": "채널과 사람",
  Choose: "선택하세요",
  Close: "닫기",
  "Close thread": "스레드 닫기",
  Commands: "명령어",
  "Commands of {name}": "{name} 명령어",
  "Connection to the local workspace lost. Reconnecting…": "로컬 워크스페이스와 연결이 끊어졌습니다. 다시 연결하는 중…",
  Copied: "복사했습니다",
  "Copy text": "텍스트 복사",
  Dark: "어둡게",
  Date: "날짜",
  "Date and time": "날짜와 시간",
  Dismiss: "숨기기",
  "Enlarge: {what}": "크게 보기: {what}",
  Home: "홈",
  "Last reply {time}": "마지막 댓글 {time}",
  "Latest messages ↓": "최신 메시지 ↓",
  Light: "밝게",
  "Local workspace": "로컬 워크스페이스",
  "local workspace": "로컬 워크스페이스",
  "Look at the workspace as": "다음 사람으로 보기",
  "Message {place}": "{place}에 메시지 보내기",
  "{label} as {name}": "{label} ({name})",
  Messages: "메시지",
  "More actions": "추가 작업",
  "More options": "추가 옵션",
  New: "새 메시지",
  "new messages": "새 메시지",
  "Nothing found": "결과 없음",
  "Notify me on this desktop": "이 컴퓨터에서 알림 받기",
  "Only visible to you": "나에게만 표시",
  Options: "옵션",
  People: "사람",
  "People to mention": "멘션할 사람",
  "choose who you are": "누구로 볼지 선택",
  "Please complete this required field.": "필수 입력 항목입니다.",
  "Reply in thread": "스레드에 댓글 달기",
  "Reply…": "댓글…",
  "Replied to a thread: {text}": "스레드에 남긴 댓글: {text}",
  Search: "검색",
  "Search: {label}": "검색: {label}",
  "See less": "접기",
  "See more": "더 보기",
  Send: "보내기",
  Shortcuts: "단축키",
  "Skip to the message field": "메시지 입력란으로 이동",
  Table: "표",
  "The app": "앱",
  "The app did not take this: {why}": "앱이 받지 않았습니다: {why}",
  "The app's home could not be opened: {why}": "앱 홈을 열 수 없습니다: {why}",
  "The local workspace cannot be reached.": "로컬 워크스페이스에 연결할 수 없습니다.",
  "Theme: {name}": "테마: {name}",
  "This is the very beginning of the channel. Type / to see what the app can do.":
    "채널의 맨 처음입니다. /를 입력하면 앱이 할 수 있는 일이 보입니다.",
  Thread: "스레드",
  "Thread messages": "스레드 메시지",
  Time: "시간",
  Unknown: "알 수 없음",
  Workspace: "워크스페이스",
  Yes: "예",
  "You are {name}, {role}. Change user": "현재 {name}({role})입니다. 다른 사람으로 바꾸기",
  "Your message was not sent: {why}": "메시지를 보내지 못했습니다: {why}",
  admin: "관리자",
  app: "앱",
  connected: "연결됨",
  "not connected": "연결 안 됨",
  picture: "그림",
  trader: "트레이더",
  viewer: "조회 전용",
  "{role} · you": "{role} · 나",
  "{count} × {name}, by {people}": "{name} {count}개: {people}",
  "{name} cannot be used in threads.": "{name}: 스레드에서는 쓸 수 없습니다.",
  "{name} failed with the error {code}: {why}": "{name} 실패, 오류 {code}: {why}",
  "{name} has not published a home for you yet.": "{name}: 아직 게시한 홈이 없습니다.",
  "{name} is not a command here. Type / to see them all.": "{name}: 없는 명령어입니다. /를 입력하면 모두 볼 수 있습니다.",
  "{name} is not connected, so it has published no home yet.": "{name}: 연결되지 않아 아직 홈이 없습니다.",
  "{name} is not connected. Commands and buttons fail until it is back.":
    "{name}: 연결이 끊겼습니다. 다시 연결될 때까지 명령어와 버튼이 동작하지 않습니다.",
};

let table = {};

/** Say everything in a language from now on; what is not known in it is said in English. */
export function speak(locale) {
  table = locale === "ko" ? KOREAN : {};
  document.documentElement.lang = locale === "ko" ? "ko" : "en";
  for (const node of document.querySelectorAll("[data-say]")) node.textContent = t(node.dataset.say);
  for (const node of document.querySelectorAll("[data-label]")) node.setAttribute("aria-label", t(node.dataset.label));
  for (const node of document.querySelectorAll("[title][data-label]")) node.title = t(node.dataset.label);
}

/** The language in which dates are written: the page's, or else the browser's own. */
export const dateLocale = () => (table === KOREAN ? "ko" : undefined);

/** A sentence in the page's language with its facts in place. */
export const t = (sentence, facts = {}) =>
  (table[sentence] ?? sentence).replace(/\{(\w+)\}/g, (whole, name) => facts[name] ?? whole);
