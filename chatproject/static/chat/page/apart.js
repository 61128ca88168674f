/** What the page loads when somebody wants it, as one file: what most visits never open. Used by later.js alone. */

export { CatchUp } from "./catch-up.js";
export { FilesList } from "./files-list.js";
export { FindRoom } from "./find-room.js";
export { HeldList } from "./held-list.js";
export { Invites } from "./invites.js";
export { Jump } from "./jump.js";
export { MemberCard } from "./member-card.js";
export { Members } from "./members.js";
export { MyData } from "./my-data.js";
export { MyMentions } from "./my-mentions.js";
export { MyReports } from "./my-reports.js";
export { NoticeHistory } from "./notice-history.js";
export { NotificationSettings } from "./notification-settings.js";
export { OwnSanctionsList } from "./own-sanctions-list.js";
export { PictureDescriptions } from "./picture-descriptions.js";
export { PictureViewer } from "./picture-viewer.js";
export { Reactors } from "./reactors.js";
export { Receipt } from "./receipt.js";
export { ReportForm } from "./report-form.js";
export { RoomCases } from "./room-cases.js";
export { RoomFilter } from "./room-filter.js";
export { RoomInfo } from "./room-info.js";
export { RoomSanctions } from "./room-sanctions.js";
export { RoomSettings } from "./room-settings.js";
export { SanctionForm } from "./sanction-form.js";
export { Search } from "./search.js";
